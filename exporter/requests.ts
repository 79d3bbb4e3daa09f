import { Reader, Writer } from "./wire";

/** A request, and how its answer is read. All versions are ones that each release of Kafka 4 answers. */
export interface Request<Answer> {
  key: number;
  version: number;
  body: Buffer;
  read: (answer: Reader) => Answer;
}

/** A partition as the cluster knows it. */
export interface Partition {
  number: number;
  /** Number of the broker that leads it; -1 when none does. */
  leader: number;
  replicas: number[];
  inSync: number[];
}

/** The brokers and topics of a cluster. */
export interface Cluster {
  brokers: { id: number; host: string; port: number }[];
  topics: { name: string; partitions: Partition[] }[];
}

/** Asks for the brokers and all topics. */
export function askCluster(): Request<Cluster> {
  return {
    ...{ key: 3, version: 7 },
    // Topics must not come to be by asking for them.
    body: new Writer().all().int8(0).end(),
    read: (answer) => {
      answer.int32();
      const brokers = answer.list(() => {
        const broker = { id: answer.int32(), host: answer.text(), port: answer.int32() };
        answer.text();
        return broker;
      });
      answer.text();
      answer.int32();
      const topics = answer.list(() => {
        answer.int16();
        const name = answer.text();
        answer.int8();
        return { name, partitions: answer.list(() => readPartition(answer)) };
      });
      return { brokers, topics };
    },
  };
}

function readPartition(answer: Reader): Partition {
  const nodes = (): number[] => answer.list(() => answer.int32());
  answer.int16();
  const [number, leader] = [answer.int32(), answer.int32()];
  answer.int32();
  const [replicas, inSync] = [nodes(), nodes()];
  nodes();
  return { number, leader, replicas, inSync };
}

/** Numbers of partitions, by topic. */
export type PartitionsByTopic = Map<string, number[]>;

/** A number that belongs to a partition. */
export interface Figure {
  topic: string;
  partition: number;
  value: number;
}

/** The first message that a partition has, or the next that it will get. */
export const edges = { first: -2, next: -1 };

/** Asks the leader of partitions for the number of a message. */
export function askOffsets(partitions: PartitionsByTopic, edge: number): Request<Figure[]> {
  const body = new Writer().int32(-1).int8(0);
  body.list([...partitions], ([topic, numbers]) => {
    body.text(topic).list(numbers, (number) => body.int32(number).int64(edge));
  });
  return {
    ...{ key: 2, version: 2 },
    body: body.end(),
    read: (answer) => {
      answer.int32();
      return answer.list(() => readOffsets(answer)).flat();
    },
  };
}

function readOffsets(answer: Reader): Figure[] {
  const topic = answer.text();
  return answer
    .list(() => {
      const [partition, fault] = [answer.int32(), answer.int16()];
      answer.int64();
      return { topic, partition, fault, value: answer.int64() };
    })
    .flatMap(({ fault, ...figure }) => (fault === 0 ? [figure] : []));
}

/** Asks a broker for the groups of consumers that it looks after. */
export function askGroups(): Request<string[]> {
  return {
    ...{ key: 16, version: 2 },
    body: Buffer.alloc(0),
    read: (answer) => {
      answer.int32();
      answer.int16();
      return answer.list(() => {
        const name = answer.text();
        answer.text();
        return name;
      });
    },
  };
}

/** Asks the broker that looks after a group what it will read next. */
export function askPlaces(group: string): Request<Figure[]> {
  return {
    ...{ key: 9, version: 5 },
    body: new Writer().text(group).all().end(),
    read: (answer) => {
      answer.int32();
      return answer.list(() => readPlaces(answer)).flat();
    },
  };
}

function readPlaces(answer: Reader): Figure[] {
  const topic = answer.text();
  return answer
    .list(() => {
      const [partition, value] = [answer.int32(), answer.int64()];
      answer.int32();
      answer.text();
      return { topic, partition, value, fault: answer.int16() };
    })
    .flatMap(({ fault, ...figure }) => (fault === 0 && figure.value >= 0 ? [figure] : []));
}

/** Asks a broker for the bytes that it keeps of each partition. */
export function askSizes(): Request<Figure[]> {
  return {
    ...{ key: 35, version: 1 },
    body: new Writer().all().end(),
    read: (answer) => {
      answer.int32();
      return answer.list(() => readSizes(answer)).flat();
    },
  };
}

function readSizes(answer: Reader): Figure[] {
  answer.int16();
  answer.text();
  return answer
    .list(() => {
      const topic = answer.text();
      return answer.list(() => {
        const [partition, value] = [answer.int32(), answer.int64()];
        answer.int64();
        answer.int8();
        return { topic, partition, value };
      });
    })
    .flat();
}

/** Asks to log in by SCRAM. */
export function askLogin(): Request<number> {
  return {
    key: 17,
    version: 1,
    body: new Writer().text("SCRAM-SHA-512").end(),
    read: (answer) => answer.int16(),
  };
}

/** Sends a message of the login; gives the broker's, or what is wrong. */
export function sendLogin(message: string): Request<{ fault: string; message: string }> {
  return {
    ...{ key: 36, version: 0 },
    body: new Writer().bytes(Buffer.from(message)).end(),
    read: (answer) => {
      const code = answer.int16();
      const said = answer.text();
      return { fault: code === 0 ? "" : said || `error ${code}`, message: answer.bytes().toString("utf8") };
    },
  };
}
