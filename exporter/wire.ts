/** Writes the fields of a request as Kafka reads them. */
export class Writer {
  private readonly parts: Buffer[] = [];

  int8(value: number): this {
    return this.add(1, (bytes) => bytes.writeInt8(value));
  }

  int16(value: number): this {
    return this.add(2, (bytes) => bytes.writeInt16BE(value));
  }

  int32(value: number): this {
    return this.add(4, (bytes) => bytes.writeInt32BE(value));
  }

  int64(value: number): this {
    return this.add(8, (bytes) => bytes.writeBigInt64BE(BigInt(value)));
  }

  text(value: string): this {
    this.int16(Buffer.byteLength(value));
    this.parts.push(Buffer.from(value));
    return this;
  }

  bytes(value: Buffer): this {
    this.int32(value.length);
    this.parts.push(value);
    return this;
  }

  list<Item>(items: Item[], write: (item: Item) => void): this {
    this.int32(items.length);
    items.forEach(write);
    return this;
  }

  /** In the place of a list: all there are. */
  all(): this {
    return this.int32(-1);
  }

  end(): Buffer {
    return Buffer.concat(this.parts);
  }

  private add(length: number, write: (bytes: Buffer) => void): this {
    const bytes = Buffer.alloc(length);
    write(bytes);
    this.parts.push(bytes);
    return this;
  }
}

/** Reads the fields of an answer as Kafka writes them. */
export class Reader {
  private at = 0;

  constructor(private readonly answer: Buffer) {}

  int8(): number {
    return this.answer.readInt8(this.skip(1));
  }

  int16(): number {
    return this.answer.readInt16BE(this.skip(2));
  }

  int32(): number {
    return this.answer.readInt32BE(this.skip(4));
  }

  /** Numbers above 2^53 do not come up as offsets or sizes. */
  int64(): number {
    return Number(this.answer.readBigInt64BE(this.skip(8)));
  }

  text(): string {
    const length = this.int16();
    return length < 0 ? "" : this.answer.toString("utf8", this.skip(length), this.at);
  }

  bytes(): Buffer {
    const length = this.int32();
    return length < 0 ? Buffer.alloc(0) : this.answer.subarray(this.skip(length), this.at);
  }

  list<Item>(read: () => Item): Item[] {
    return Array.from({ length: Math.max(0, this.int32()) }, read);
  }

  private skip(length: number): number {
    this.at += length;
    return this.at - length;
  }
}
