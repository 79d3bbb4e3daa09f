import fs from "fs";
import { nameMember } from "../members";
import { places } from "../places";

/** A replica as the configuration names it. */
export interface Replica {
  upstream: string;
  /** Pool and number; what users call it. */
  title: string;
  /** Container and port; what Nginx calls it. */
  name: string;
  /** Address and port; empty while it is not known. */
  address: string;
}

/** Reads the list of replicas that is kept beside the configuration; throws in the moment in which that changes. */
export function readReplicas(): Replica[] {
  return parseReplicas(fs.readFileSync(`${places.live}/replicas`, "utf8"));
}

/** One replica in each line: pool, title, container, port, and address or `-`. */
export function parseReplicas(text: string): Replica[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [upstream = "", title = "", container = "", port = "", address = "-"] = line.split(" ");
      return {
        upstream,
        title,
        name: nameMember(container, Number(port)),
        address: address === "-" ? "" : `${address}:${port}`,
      };
    });
}
