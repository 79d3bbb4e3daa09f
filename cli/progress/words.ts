import { type Doing, isRunning, type Row } from "./board";
import type { Happening, What } from "./event";
import type { Kind, Subject } from "./subject";

/** A number of things by their kind. */
export function countOf(kind: Kind, count: number): string {
  return countWords(count, ...kindWords[kind]);
}

/** A number with what it is of; nothing changes but an s where no word for several is given. */
export function countWords(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

const kindWords: Record<Kind, [one: string, many: string]> = {
  replica: ["replica", "replicas"],
  worker: ["worker", "workers"],
  balancer: ["balancer", "balancers"],
  store: ["server", "servers"],
  server: ["server", "servers"],
  image: ["image", "images"],
  settings: ["check of settings", "checks of settings"],
  network: ["network", "networks"],
  volume: ["volume", "volumes"],
  secret: ["secret", "secrets"],
  other: ["step", "steps"],
};

/** A thing as it is called beside others of its component. */
export function nameOf({ kind, title }: Subject): string {
  if (kind === "image") return `image of ${title}`;
  if (kind === "settings") return `settings of ${title}`;
  return title;
}

/** Milliseconds in seconds, as they are of use to people. */
export function showSeconds(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** The state of a thing in words, with how long it has been so while that may change. */
export function describeDoing({ kind }: Subject, { what, since, took, text }: Doing, at: number): string {
  const plain = doingWords(kind, what);
  if (what === "healthy" || what === "joined") {
    const [said = ""] = / is (healthy after [\d.]+ s)/.exec(text ?? "")?.slice(1) ?? [];
    return what === "joined" ? ["serves", ...(said === "" ? [] : [said])].join(", ") : said || plain;
  }
  // At a step, with the share that the new replicas have.
  if (kind === "balancer" && what === "changing" && text !== undefined)
    return at === since ? text : `${text}, ${showSeconds(at - since)}`;
  if (isUnderWay(kind, what)) return `${plain} ${showSeconds(at - since)}`;
  return what === "drained" && took !== undefined ? `${plain} in ${showSeconds(took)}` : plain;
}

/** Things of which something waits until they are healthy: made, they are only starting. */
function isGated(kind: Kind): boolean {
  return kind === "replica" || kind === "worker" || kind === "store";
}

function isUnderWay(kind: Kind, what: What): boolean {
  return what.endsWith("ing") || (what === "made" && isGated(kind));
}

function doingWords(kind: Kind, what: What): string {
  if (what === "same") return "unchanged";
  if (what === "making") return "being made";
  if (what === "made" && isGated(kind)) return "starting";
  if (kind === "balancer" && what === "changing") return "switching over";
  if (kind === "balancer" && what === "changed") return "switched over";
  return what === "changing" ? "being changed" : what;
}

/** The states of a thing in words: of the one that is to stay, and of the one that goes. */
export function describeRow({ subject, now, old }: Row, at: number): string {
  return [
    ...(now === undefined ? [] : [describeDoing(subject, now, at)]),
    ...(old === undefined ? [] : [`the old one ${describeDoing(subject, old, at)}`]),
  ].join("; ");
}

/** Tells in a line that something happens; undefined for what is of no use to those who see lines alone. */
export function describeHappening(
  { what, subject, isOld, text }: Happening,
  doing: Doing,
): string | undefined {
  const { kind } = subject;
  const isStep = what === "changing" && text !== undefined;
  if (what !== "failed" && !isStep && !tellsOf(kind, what)) return undefined;
  const words =
    what === "made" && isGated(kind)
      ? "starting"
      : describeDoing(subject, doing, doing.since).replace(/(?<! in) 0\.0 s$/, "");
  return `${nameOf(subject)}: ${isOld ? "the old one " : ""}${words}`;
}

/** Networks, volumes and the like come and go without anybody waiting for them. */
function tellsOf(kind: Kind, what: What): boolean {
  if (kind === "image") return what === "made" || what === "changed";
  if (!isRunning({ kind })) return false;
  return ["made", "changed", "healthy", "joined", "draining", "drained", "gone"].includes(what);
}
