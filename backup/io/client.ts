import { request } from "node:http";
import { Failure } from "./failure";
import type { Answer } from "../answers";

/** Hands a command to the program that runs in this container. */
export function ask(socketPath: string, command: string, argument: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const path = `/${command}/${encodeURIComponent(argument)}`;
    const asked = request({ socketPath, path }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.once("error", reject);
      response.once("end", () => {
        resolve(JSON.parse(text) as Answer);
      });
    });
    asked.once("error", ({ message }) => {
      reject(new Failure(`The program that keeps the backups does not answer: ${message}`));
    });
    asked.end();
  });
}
