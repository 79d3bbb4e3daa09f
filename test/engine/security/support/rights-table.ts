import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { docker, dockerLines } from "../../support/engine";

/** What the engine says of a container. */
export interface Inspected {
  Id: string;
  Name: string;
  Config: { Labels: Record<string, string> };
  HostConfig: {
    CapAdd: string[] | null;
    CapDrop: string[] | null;
    SecurityOpt: string[] | null;
    ReadonlyRootfs: boolean;
    Privileged: boolean;
    PidsLimit: number | null;
    NetworkMode: string;
    PidMode: string;
    IpcMode: string;
  };
}

/** All running containers of a stack. */
export async function inspectAll(stack: string): Promise<Inspected[]> {
  const ids = await dockerLines("ps", "--quiet", `--filter=label=flotilla.stack=${stack}`);
  return JSON.parse(await docker("inspect", ...ids)) as Inspected[];
}

/** A row of the table in the page: role, what it keeps, whether it may gain rights, its file system, its processes. */
export function renderRow({ Config, HostConfig }: Inspected): string {
  const { CapAdd, CapDrop, SecurityOpt, ReadonlyRootfs, PidsLimit } = HostConfig;
  const label = (name: string): string => Config.Labels[`flotilla.${name}`] ?? "";
  const server = label("server").replace(/-\d+$/, "");
  const role = label("role");
  const title =
    role === "replica"
      ? label("pool") === "locked"
        ? "replica, `strict`"
        : "replica"
      : role === "monitoring"
        ? `monitoring: ${server}`
        : role === "store-companion"
          ? `${role}: ${server}`
          : role === "balancer"
            ? label("shares") === ""
              ? "balancer, front"
              : "balancer of a front"
            : role;
  const kept =
    CapDrop?.includes("ALL") === true
      ? (CapAdd ?? []).map((name) => name.replace("CAP_", ""))
      : ["Docker's own"];
  return [
    "",
    ` ${title} `,
    ` ${kept.length === 0 ? "none" : kept.sort().join(", ")} `,
    ` ${SecurityOpt?.includes("no-new-privileges") === true ? "no" : "yes"} `,
    ` ${ReadonlyRootfs ? "read alone" : "can be written"} `,
    ` ${PidsLimit ?? "any number"} `,
    "",
  ].join("|");
}

const page = readFileSync(join(resolve(__dirname, "../../../.."), "docs/security.md"), "utf8");
/** The lines of the page, with one space where it has several. */
export const pageRows = page.split("\n").map((line) => line.replaceAll(/ +/g, " "));
