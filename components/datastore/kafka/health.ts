import { kafkaPorts } from "./settings";

/** Kafka's numbers for requests, each with a version that all of Kafka 4 answers in. */
const requests = {
  handshake: { key: 17, version: 1 },
  authenticate: { key: 36, version: 0 },
  metadata: { key: 3, version: 7 },
};
const allTopics = int32(-1);
const createsNoTopic = Buffer.from([0]);

/**
 * Shell script for bash that asks a broker for its cluster as the administrator. It fails unless the others know the broker,
 * and it is in sync for each partition that it has. In the shell, because a Java of its own would take seconds each time.
 */
export function renderKafkaHealth(node: number, administrator: string): string {
  const login = Buffer.from(`\0administrator\0${administrator}`);
  const handshake = frame(requests.handshake, text("PLAIN"));
  const authenticate = frame(requests.authenticate, Buffer.concat([int32(login.length), login]));
  const metadata = frame(requests.metadata, Buffer.concat([allTopics, createsNoTopic]));
  return `exec 3<>/dev/tcp/127.0.0.1/${kafkaPorts.brokers} || exit 1
number() {
  set -- $(dd bs=1 count=4 2>/dev/null <&3 | od -An -tu1)
  [ $# -eq 4 ] || { echo "The broker does not answer."; exit 1; }
  size=$(( (($1 * 256 + $2) * 256 + $3) * 256 + $4 ))
}
printf '${escape(handshake)}' >&3
number
dd bs=1 count="$size" >/dev/null 2>&1 <&3
printf '${escape(authenticate)}' >&3
number
dd bs=1 count="$size" >/dev/null 2>&1 <&3
printf '${escape(metadata)}' >&3
number
head -c "$size" <&3 | od -An -v -tu1 | awk -v node=${node} '
  { for (i = 1; i <= NF; i++) byte[count++] = $i }
  function short() { at += 2; return byte[at - 2] * 256 + byte[at - 1] }
  function long() { at += 4; return ((byte[at - 4] * 256 + byte[at - 3]) * 256 + byte[at - 2]) * 256 + byte[at - 1] }
  function text(length_) { length_ = short(); if (length_ != 65535) at += length_ }
  function has_node(left, found) { for (left = long(); left > 0; left--) if (long() == node) found = 1; return found }
  END {
    at = 8
    for (brokers = long(); brokers > 0; brokers--) { if (long() == node) known = 1; text(); at += 4; text() }
    if (!known) { print "The other servers do not know this one yet."; exit 1 }
    text()
    at += 4
    for (topics = long(); topics > 0; topics--) {
      at += 2; text(); at += 1
      for (partitions = long(); partitions > 0; partitions--) {
        at += 14
        replica = has_node(); in_sync = has_node(); has_node()
        if (replica && !in_sync) behind++
      }
    }
    if (at != count) { print "The answer is not understood."; exit 1 }
    if (behind) { print "It is not in sync yet: " behind " partitions."; exit 1 }
  }'
`;
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

/** Bytes for the shell's printf. */
function escape(bytes: Buffer): string {
  return [...bytes].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
}
