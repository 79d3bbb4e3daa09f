import type { Seed } from "./seeds";
import type { MongodbPlace } from "./shell";
import type { MongodbUser } from "./users";
import type { StoreSecrets } from "../recipe";
import { setupMongoshJs } from "./texts";

/** All that the servers shall have. */
interface MongodbTask extends MongodbPlace {
  secrets: StoreSecrets;
  users: MongodbUser[];
  indexes: { collection: string; keys: [string, number][]; options: object }[];
  seeds: Seed[];
}

/**
 * A script of the shell that initiates the replica set, and makes users, indexes and seeds; what is there stays. It comes on
 * standard input, because others may read the arguments of programs. The shell prints errors on standard output.
 */
export function renderMongodbSetup({ secrets, ...task }: MongodbTask): string {
  const { version, current, administrator } = secrets;
  // On one line, so that nothing in it ends the document.
  const values = JSON.stringify({ ...task, version, current, administrator });
  return `HOME=/tmp mongosh --quiet --norc --nodb --file /dev/stdin >&2 <<'FLOTILLA_END'
const task = ${values};
${setupMongoshJs}FLOTILLA_END
`;
}
