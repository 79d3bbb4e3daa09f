import type { Engine, EngineAddress, Outcome } from "../../engine/client";

/** Digest of every image that the engine has. */
export const localDigest = `sha256:${"a".repeat(64)}`;

/** What the command line was asked for, and how it answers. */
export const fakeDocker = {
  runs: [] as { args: string[]; host: string | undefined }[],
  answer: answerAsUsual,
  /** What the engine has of a component; it cannot be asked otherwise. */
  present: undefined as ((args: string[]) => Outcome) | undefined,
};

/** Stands in for the real function of the same name, in all unit tests. */
export function connect({ host }: EngineAddress = {}): Engine {
  const attempt = (args: string[]): Promise<Outcome> => {
    // What it has of a component is told to those alone who ask for it.
    if (args.some((arg) => arg.endsWith("\t{{.Labels}}")))
      return Promise.resolve(fakeDocker.present?.(args) ?? { code: 1, stdout: "", stderr: "" });
    fakeDocker.runs.push({ args, host });
    return Promise.resolve(fakeDocker.answer(args));
  };
  return {
    host,
    environment: {},
    attempt,
    run: async (args) => (await attempt(args)).stdout.trim(),
    runToStart: async (args) => Buffer.from((await attempt(args)).stdout),
    inside: (container) => attempt(["exec", "-i", container, "sh", "-e", "-s"]),
  };
}

/** One line of what the engine has of a component. */
export function listed(labels: string, { id = "", name = "", state = "running" } = {}): string {
  return [id, name, state, labels].join("\t");
}

/** Forgets the runs, and answers as by default again. */
export function resetDocker(): void {
  fakeDocker.runs = [];
  fakeDocker.answer = answerAsUsual;
  fakeDocker.present = undefined;
}

/** The engine has 64 processors, and every image, each from a registry; it runs one container, and none is stopped. */
function answerAsUsual(args: string[]): Outcome {
  if (args[0] === "info") return { code: 0, stdout: "64\n", stderr: "" };
  if (asksForUsers(args)) return { code: 0, stdout: "", stderr: "" };
  if (args[0] === "ps") return { code: 0, stdout: "some-container\n", stderr: "" };
  if (args[0] === "exec") return { code: 1, stdout: "", stderr: "" };
  // Of the containers that it has, nobody looks at one.
  if (args.includes("--type=container")) return { code: 0, stdout: "", stderr: "" };
  return describeImage([`${args.at(-1) ?? ""}@${localDigest}`]);
}

/** Whether it is asked who uses a volume. */
export function asksForUsers(args: string[]): boolean {
  return args.some((arg) => arg.startsWith("--filter=volume="));
}

/** What the engine says of an image with these digests; one that was built here has none. */
export function describeImage(digests: string[]): Outcome {
  return { code: 0, stdout: `sha256:${"1".repeat(64)} ${JSON.stringify(digests)}\n`, stderr: "" };
}

/** Answers as an engine that has every image, and no volume and no container. */
export function answerWithoutVolume(args: string[]): Outcome {
  if (args[0] === "volume") return { code: 1, stdout: "", stderr: "no such volume" };
  return { code: 0, stdout: args[0] === "ps" ? "" : `sha256:${"1".repeat(64)} []\n`, stderr: "" };
}
