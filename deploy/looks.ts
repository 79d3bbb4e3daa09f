import { type Engine, Failure } from "../engine/client";
import { inspectPresent } from "../engine/containers";
import { sleep } from "./process";

/** A container as the engine knows it. */
export interface ContainerState {
  status: string;
  health: string;
  exitCode: number;
  outOfMemory: boolean;
  restarts: number;
}

/** The same in Docker's words. */
interface DockerState {
  Status: string;
  ExitCode: number;
  OOMKilled: boolean;
  Health?: { Status: string };
}

/** Looks at a container. */
export type Look = (container: string) => Promise<ContainerState>;

/** Milliseconds in which those who look come together. */
const togetherMs = 50;

/** Makes looks of which one call of the engine serves all that come together. */
export function shareLooks(engine: Engine): Look {
  let next: { containers: Set<string>; states: Promise<Map<string, ContainerState>> } | undefined;
  return async (container) => {
    const containers = next?.containers ?? new Set();
    next ??= {
      containers,
      states: sleep(togetherMs).then(() => {
        next = undefined;
        return readStates(engine, [...containers]);
      }),
    };
    containers.add(container);
    const state = (await next.states).get(container);
    if (state === undefined) throw new Failure(`The engine says nothing of the container ${container}.`);
    return state;
  };
}

/** Reads the states of containers, by their names, but for those that are gone. */
export async function readStates(engine: Engine, containers: string[]): Promise<Map<string, ContainerState>> {
  const template = '{"name":{{json .Name}},"state":{{json .State}},"restarts":{{.RestartCount}}}';
  const found = await inspectPresent<{ name: string; state: DockerState; restarts: number }>(
    engine,
    template,
    containers,
  );
  return new Map(
    found.map(({ name, state, restarts }) => [
      name.replace("/", ""),
      {
        status: state.Status,
        health: state.Health?.Status ?? "none",
        exitCode: state.ExitCode,
        outOfMemory: state.OOMKilled && state.Status !== "running",
        restarts,
      },
    ]),
  );
}
