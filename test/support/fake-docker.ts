/** Outcome of a run of the `docker` command. */
interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** Digest of every image that the engine has. */
export const localDigest = `sha256:${"a".repeat(64)}`;

/** What the command line was asked for, and how it answers. */
export const fakeDocker = {
  runs: [] as { args: string[]; host: string | undefined }[],
  /** By default the engine has every image, from a registry. */
  answer: hasImage,
};

/** Stands in for the real function of the same name. */
export function tryDocker(args: string[], _input?: string, environment?: NodeJS.ProcessEnv): Promise<Outcome> {
  fakeDocker.runs.push({ args, host: environment?.DOCKER_HOST });
  return Promise.resolve(fakeDocker.answer(args));
}

/** Forgets the runs, and answers as by default again. */
export function resetDocker(): void {
  fakeDocker.runs = [];
  fakeDocker.answer = hasImage;
}

function hasImage(args: string[]): Outcome {
  return describeImage([`${args.at(-1) ?? ""}@${localDigest}`]);
}

/** What the engine says of an image with these digests; one that was built here has none. */
export function describeImage(digests: string[]): Outcome {
  return { code: 0, stdout: `sha256:${"1".repeat(64)} ${JSON.stringify(digests)}\n`, stderr: "" };
}
