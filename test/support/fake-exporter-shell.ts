import { runInNewContext } from "node:vm";

/** What a server answers to a command, by the command's name; an error where it throws. */
export type Answers = Record<string, unknown>;

type Handler = (request: { url: string }, response: object) => Promise<void>;

/** Runs the script of MongoDB's exporter as the shell would, with a server that is made up. */
export class FakeExporterShell {
  answers: Answers = {};
  /** Addresses without passwords that were connected to. */
  addresses: string[] = [];
  /** What connecting to it fails with. */
  refusal: Error | undefined;
  errors: string[] = [];
  /** Number of times that the server was asked for its state. */
  asked = 0;
  #handler: Handler | undefined;

  constructor(script: string) {
    class Ended extends Error {}
    const env = {
      FLOTILLA_SERVER: "main-1:27017",
      FLOTILLA_PASSWORD_FILE: "/password",
      FLOTILLA_PORT: "9216",
    };
    const modules: Record<string, object> = {
      fs: { readFileSync: () => "hunter2" },
      http: {
        createServer: (handler: Handler) => {
          this.#handler = handler;
          return { listen: () => undefined };
        },
      },
    };
    try {
      runInNewContext(script, {
        require: (name: string) => modules[name],
        process: { env, on: () => undefined },
        console: { error: (text: string) => this.errors.push(text) },
        connect: (address: string) => this.#connect(address),
        sleep: () => {
          throw new Ended();
        },
      });
    } catch (error) {
      if (!(error instanceof Ended)) throw error;
    }
  }

  /** What it answers at a path. */
  async ask(url: string): Promise<{ status: number; text: string }> {
    const answer = { status: 200, text: "" };
    const response = {
      setHeader: () => undefined,
      writeHead: (status: number) => {
        answer.status = status;
        return response;
      },
      end: (text = "") => {
        answer.text = text;
      },
    };
    await this.#handler?.({ url }, response);
    return answer;
  }

  #connect(address: string): Promise<object> {
    this.addresses.push(address.replace("hunter2", "…"));
    if (this.refusal !== undefined) return Promise.reject(this.refusal);
    return Promise.resolve(this.#database("admin"));
  }

  #database(name: string): object {
    return {
      getSiblingDB: (other: string) => this.#database(other),
      runCommand: (command: Record<string, unknown>) => {
        const [verb = ""] = Object.keys(command);
        if (verb === "serverStatus") this.asked += 1;
        const { [verb === "dbStats" ? `dbStats ${name}` : verb]: answer } = this.answers;
        if (answer instanceof Error) return Promise.reject(answer);
        if (answer !== undefined) return Promise.resolve(answer);
        return Promise.reject(Object.assign(new Error("no such command"), { codeName: "CommandNotFound" }));
      },
    };
  }
}
