import type { Engine } from "../engine/client";
import { type Listener, listListeners } from "./sockets";

/** The question that a replica was asked. */
interface Asked {
  port: number;
  probe: { path: string; seconds: number };
}

/**
 * Why a replica that is healthy has no good answer for the balancer, and what to do about it, as it continues "api-1 …".
 * @param answer what the balancer's control server says of the last try: address, status and time
 */
export async function explainSilence(
  engine: Engine,
  replica: string,
  { port, probe }: Asked,
  answer: string,
): Promise<string> {
  const [, status = "", seconds = "-"] = answer.split("; ");
  if (seconds !== "-" && status !== "")
    return `answers ${status} to GET ${probe.path}. Set healthCheck.path to a path that answers 2xx or 3xx to everybody.`;
  const { code, stdout } = await engine.attempt(["exec", replica, "cat", "/proc/net/tcp", "/proc/net/tcp6"]);
  // An engine without IPv6 has no second table, which makes it an error.
  const listeners = stdout === "" && code !== 0 ? undefined : listListeners(stdout);
  if (listeners !== undefined && !listeners.some((each) => each.port === port && !each.isLocal))
    return describeListeners(listeners, port);
  if (answer === "")
    return `gave the balancer no answer in time, on a machine that may have too much to do. Deploy again when it has less, or with the strategy rolling.`;
  if (status === "504") return `did not answer GET ${probe.path} within ${probe.seconds} s.`;
  return `does not answer at port ${port}. Its application must listen there on all addresses, 0.0.0.0.`;
}

/** Describes the fault of what listens where nobody reaches the port. */
export function describeListeners(listeners: Listener[], port: number): string {
  if (listeners.some((each) => each.port === port))
    return `listens on port ${port} of 127.0.0.1 alone, which only its own container reaches. Have it listen on 0.0.0.0.`;
  const ports = [...new Set(listeners.map((each) => each.port))].sort((a, b) => a - b).join(", ");
  if (ports === "") return `listens on no port. Have it listen on port ${port} of 0.0.0.0.`;
  return `listens on port ${ports}, and not on ${port}. Set the pool's port to it, or have the application listen on ${port}.`;
}
