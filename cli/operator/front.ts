import * as http from "node:http";
import * as https from "node:https";

/** An answer from where clients ask. */
export interface Asked {
  url: string;
  /** Undefined where nobody answers. */
  status: number | undefined;
  /** The start of the answer, or why there is none. */
  text: string;
}

const seconds = 10;

/** Asks an address once, whatever its certificate is worth: who judges that knows it better. */
export function ask(url: string): Promise<Asked> {
  return new Promise((resolve) => {
    const end = (text: string, status?: number): void => {
      resolve({ url, status, text: text.trim().slice(0, 200) });
    };
    const options = { timeout: seconds * 1000, agent: false, rejectUnauthorized: false };
    const request = (url.startsWith("https:") ? https : http).get(url, options, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      answer.on("end", () => {
        end(text, answer.statusCode);
      });
      answer.on("error", ({ message }) => {
        end(message);
      });
    });
    request.on("timeout", () => request.destroy(new Error(`no answer in ${seconds} seconds`)));
    request.on("error", ({ message }) => {
      end(message);
    });
  });
}
