import { beforeAll, describe, expect, test } from "vitest";
import standIns from "../../../tools/sealed/images.cjs";
import { docker } from "../support/engine";
import { record } from "../support/rows";
import { findStandIn, provide, runIn, useContainers } from "./containers";

interface Config {
  Entrypoint: string[] | null;
  Cmd: string[] | null;
  User?: string;
  WorkingDir?: string;
  Env: string[];
  ExposedPorts: Record<string, unknown> | null;
  Volumes: Record<string, unknown> | null;
  StopSignal?: string;
  Labels: Record<string, string> | null;
}

useContainers();
beforeAll(() => provide(...standIns.map(({ name }) => name)));

// What containers are started with is the same whether the image was pulled or made here.
describe.each(standIns.map(({ name }) => name))("%s", (name) => {
  const { image, standIn } = findStandIn(name);

  test("keeps the official image's contract", async () => {
    const startedAt = performance.now();
    const config = JSON.parse(await docker("image", "inspect", "--format={{json .Config}}", image)) as Config;
    const points: [string, unknown, unknown][] = [
      ["entrypoint", config.Entrypoint ?? undefined, standIn.entrypoint],
      ["command", config.Cmd?.length === 0 ? undefined : (config.Cmd ?? undefined), standIn.command],
      ["user", config.User ?? "", standIn.user ?? ""],
      ["folder", config.WorkingDir === "" ? "/" : (config.WorkingDir ?? "/"), standIn.folder ?? "/"],
      ["ports", Object.keys(config.ExposedPorts ?? {}), (standIn.ports ?? []).map((port) => `${port}/tcp`)],
      ["volumes", Object.keys(config.Volumes ?? {}), standIn.volumes ?? []],
      ["stop signal", config.StopSignal ?? "SIGTERM", standIn.stopSignal ?? "SIGTERM"],
      ...Object.entries(standIn.environment ?? {}).map(([key, value]): [string, unknown, unknown] => [
        key,
        config.Env.find((each) => each.startsWith(`${key}=`)),
        `${key}=${value}`,
      ]),
      ...(await findTools(image, standIn.tools, "there")),
      ...(await findTools(image, standIn.lacks, "missing")),
    ];
    const broken = points.filter(([, found, wanted]) => JSON.stringify(found) !== JSON.stringify(wanted));
    const origin =
      config.Labels?.["flotilla.stand-in"] === "true" ? "a stand-in, made of the table itself" : "pulled";
    record({
      operation: `contract of ${image}`,
      note: `${origin}, ${points.length} points`,
      ...{ requests: 0, failed: broken.length, held: broken.length === 0 },
      seconds: (performance.now() - startedAt) / 1000,
    });
    expect(broken).toEqual([]);
  });
});

/** Looks for commands. */
async function findTools(
  image: string,
  tools: string[],
  wanted: string,
): Promise<[string, string, string][]> {
  const script = `for tool in ${tools.join(" ")}; do command -v "$tool" >/dev/null && echo "$tool"; done; true`;
  // An image without a shell has none of them.
  const found = await runIn("--entrypoint=sh", image, "-c", script).catch(() => "");
  const names = found.split("\n");
  return tools.map((tool) => [tool, names.includes(tool) ? "there" : "missing", wanted]);
}
