import { composeShell } from "../../../engine/shell";
import { kafkaPorts } from "./settings";
import { healthSh } from "./texts";

/** Kafka's numbers for requests, each with a version that all of Kafka 4 answers in. */
const requests = {
  handshake: { key: 17, version: 1 },
  authenticate: { key: 36, version: 0 },
  metadata: { key: 3, version: 7 },
};
const allTopics = int32(-1);
const createsNoTopic = Buffer.from([0]);

/** Shell script for bash that asks a broker for its cluster as the administrator. */
export function renderKafkaHealth(node: number, administrator: string): string {
  const login = Buffer.from(`\0administrator\0${administrator}`);
  const handshake = frame(requests.handshake, text("PLAIN"));
  const authenticate = frame(requests.authenticate, Buffer.concat([int32(login.length), login]));
  const metadata = frame(requests.metadata, Buffer.concat([allTopics, createsNoTopic]));
  return composeShell(
    {
      ...{ port: kafkaPorts.brokers, node },
      ...{ handshake: escape(handshake), authenticate: escape(authenticate), metadata: escape(metadata) },
    },
    healthSh,
  );
}

/** A request as it is sent: its length, what it asks for, a number for the answer and the name of the client. */
function frame({ key, version }: { key: number; version: number }, body: Buffer): Buffer {
  const content = Buffer.concat([int16(key), int16(version), int32(1), text("health"), body]);
  return Buffer.concat([int32(content.length), content]);
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function text(value: string): Buffer {
  return Buffer.concat([int16(Buffer.byteLength(value)), Buffer.from(value)]);
}

/** Bytes as the shell's `printf %b` takes them. */
function escape(bytes: Buffer): string {
  return [...bytes].map((byte) => `\\0${byte.toString(8).padStart(3, "0")}`).join("");
}
