import { connect, type Socket } from "node:net";
import { askLogin, type Request, sendLogin } from "../requests";
import { beginLogin } from "../scram";
import { Reader, Writer } from "../wire";

/** Who asks. */
export interface Credentials {
  user: string;
  password: string;
}

/** A connection to a broker; it answers one request after another. */
export interface Connection {
  ask<Answer>(request: Request<Answer>): Promise<Answer>;
  close(): void;
}

const timeoutMilliseconds = 5000;

/** Connects to a broker and logs in. */
export async function openConnection(
  host: string,
  port: number,
  { user, password }: Credentials,
): Promise<Connection> {
  const socket = await openSocket(host, port);
  const answers = collectAnswers(socket);
  let asked = 0;
  const connection: Connection = {
    ask: async ({ key, version, body, read }) => {
      asked++;
      const head = new Writer().int16(key).int16(version).int32(asked).text("flotilla-exporter").end();
      socket.write(new Writer().bytes(Buffer.concat([head, body])).end());
      const answer = new Reader(await answers.next());
      if (answer.int32() !== asked) throw new Error("The broker answers another request.");
      return read(answer);
    },
    close: () => socket.destroy(),
  };
  try {
    await logIn(connection, beginLogin(user, password));
    return connection;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

async function logIn(connection: Connection, login: ReturnType<typeof beginLogin>): Promise<void> {
  if ((await connection.ask(askLogin())) !== 0) throw new Error("The broker knows no SCRAM-SHA-512.");
  const send = async (text: string): Promise<string> => {
    const { fault, message } = await connection.ask(sendLogin(text));
    if (fault !== "") throw new Error(`The broker refuses the login: ${fault}`);
    return message;
  };
  const server = await send(login.first);
  if (!login.isServer(await send(login.answer(server))))
    throw new Error("The broker does not know the password.");
}

function openSocket(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    socket.setTimeout(timeoutMilliseconds, () => socket.destroy(new Error("The broker does not answer.")));
    socket.once("error", reject);
    socket.once("connect", () => {
      resolve(socket);
    });
  });
}

/** The answers that a broker sends, one by one. */
function collectAnswers(socket: Socket): { next: () => Promise<Buffer> } {
  let received = Buffer.alloc(0);
  let failure: Error | undefined;
  let wake: () => void = () => undefined;
  socket.on("data", (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    wake();
  });
  const fail = (error: Error): void => {
    failure ??= error;
    wake();
  };
  socket.on("error", fail);
  socket.on("close", () => {
    fail(new Error("The broker has closed the connection."));
  });
  return {
    next: async () => {
      for (;;) {
        const length = received.length < 4 ? Infinity : received.readInt32BE() + 4;
        if (received.length >= length) {
          const answer = received.subarray(4, length);
          received = received.subarray(length);
          return answer;
        }
        if (failure !== undefined) throw failure;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}
