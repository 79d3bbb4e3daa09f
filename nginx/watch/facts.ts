import fs from "fs";
import { head, sample } from "./exposition";
import { places } from "../places";

/** Facts of the configuration itself. */
export interface Facts {
  /** When it was deployed, in seconds since the epoch. */
  deployed?: number;
  /** When its certificates expire, in seconds since the epoch, by file. */
  certificates: { file: string; expires: number }[];
}

/** Reads what an update has written beside the configuration. */
export function readFacts(): Facts {
  return parseFacts(read(places.deployed), read(places.expiries));
}

/** One number, and one certificate with its number in each line. */
export function parseFacts(deployed: string, expiries: string): Facts {
  const certificates = expiries
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [file = "", expires] = line.split(" ");
      return { file, expires: Number(expires) };
    });
  return { ...(deployed === "" ? {} : { deployed: Number(deployed) }), certificates };
}

/** The same for Prometheus. */
export function renderFacts({ deployed, certificates }: Facts): string {
  const at = "flotilla_deployed_timestamp_seconds";
  const end = "flotilla_certificate_expiry_timestamp_seconds";
  const lines = [
    ...(deployed === undefined
      ? []
      : [...head(at, "When the balancer was last given its replicas.", "gauge"), sample(at, [], deployed)]),
    ...(certificates.length === 0 ? [] : head(end, "When a certificate expires.", "gauge")),
    ...certificates.map(({ file, expires }) => sample(end, [["certificate", file]], expires)),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

/** A configuration that an earlier version made lacks these files. */
function read(file: string): string {
  try {
    return fs.readFileSync(file, "utf8").trim();
  } catch {
    return "";
  }
}
