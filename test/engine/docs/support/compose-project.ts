// A project of Compose with an application, its Redis, and an Nginx in front.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { docker, dockerLines } from "../../support/engine";
import { start } from "../../support/processes";

/** A project that is to run. */
interface Project {
  project: string;
  /** Folder with the application's `server.js` and with `nginx.conf`. */
  folder: string;
  /** Where Nginx is published. */
  port: string;
}

/** A project that runs. */
interface Started {
  /** Names of the containers, by their services. */
  containers: Record<string, string>;
  /** Words for who made them. */
  maker: string;
}

const labelOf = (project: string) => `label=com.docker.compose.project=${project}`;

/** Starts the project by Compose; where a machine has none, containers as Compose would make them. */
export async function startProject(project: Project): Promise<Started> {
  const compose = await findCompose();
  if (compose === undefined) await runServices(project);
  else await composeUp(compose.words, project);
  const format = '--format={{.Label "com.docker.compose.service"}} {{.Names}}';
  const lines = await dockerLines("ps", `--filter=${labelOf(project.project)}`, format);
  const containers = Object.fromEntries(lines.map((line) => line.split(" ") as [string, string]));
  return { containers, maker: compose?.version ?? "containers with Compose's labels" };
}

/** Removes all that belongs to the project. */
export async function removeProject(project: string): Promise<void> {
  const containers = await dockerLines("ps", "--all", "--quiet", `--filter=${labelOf(project)}`);
  if (containers.length > 0) await docker("rm", "--force", "--volumes", ...containers);
  await docker("volume", "rm", "--force", `${project}_redis-data`);
  await docker("network", "rm", `${project}_default`);
}

/** The command of Compose: the plugin of Docker's, or the program of before. */
async function findCompose(): Promise<{ words: string[]; version: string } | undefined> {
  for (const words of [["docker", "compose"], ["docker-compose"]]) {
    const [program = "", ...args] = words;
    const { code, text } = await start(
      program,
      [...args, "version", "--short"],
      ".",
      process.env,
    ).ended.catch(() => ({ code: 1, text: "" }));
    if (code === 0) return { words, version: `Compose ${text.trim()}` };
  }
  return undefined;
}

async function composeUp(words: string[], { project, folder, port }: Project): Promise<void> {
  const restart = "unless-stopped";
  const services = {
    redis: { image: "redis:8.2", volumes: ["redis-data:/data"], restart },
    api: {
      image: "node:24-slim",
      command: ["node", "/app/server.js"],
      environment: { REDIS_URL: "redis://redis:6379", LOG: "false" },
      volumes: [`${folder}/server.js:/app/server.js:ro`],
      depends_on: ["redis"],
      restart,
    },
    nginx: {
      image: "nginx:1.30.4",
      command: ["nginx", "-c", "/etc/nginx/own/nginx.conf", "-g", "daemon off;"],
      ports: [`${port}:80`],
      volumes: [`${folder}:/etc/nginx/own:ro`],
      stop_signal: "SIGQUIT",
      depends_on: ["api"],
      restart,
    },
  };
  // JSON is YAML too, and the program of before asks for a version.
  const file = join(folder, "docker-compose.yml");
  writeFileSync(file, JSON.stringify({ version: "3.8", services, volumes: { "redis-data": {} } }));
  const [program, ...args]: string[] = [
    ...words,
    `--project-name=${project}`,
    `--file=${file}`,
    "up",
    "--detach",
  ];
  const { code, text } = await start(program ?? "", args, folder, process.env).ended;
  if (code !== 0) throw new Error(`Compose does not start the project:\n${text}`);
}

async function runServices({ project, folder, port }: Project): Promise<void> {
  const network = `${project}_default`;
  const label = `--${labelOf(project)}`;
  const runService = (service: string, ...args: string[]) =>
    docker(
      ...["run", "--detach", `--name=${project}-${service}-1`, `--network=${network}`],
      ...[`--network-alias=${service}`, "--restart=unless-stopped"],
      ...[label, `--label=com.docker.compose.service=${service}`],
      ...args,
    );
  await docker("network", "create", label, network);
  await docker("volume", "create", label, `${project}_redis-data`);
  await runService("redis", `--volume=${project}_redis-data:/data`, "redis:8.2");
  await runService(
    "api",
    ...["--env=REDIS_URL=redis://redis:6379", "--env=LOG=false"],
    ...[`--volume=${folder}/server.js:/app/server.js:ro`, "node:24-slim", "node", "/app/server.js"],
  );
  await runService(
    "nginx",
    ...[`--publish=${port}:80`, `--volume=${folder}:/etc/nginx/own:ro`, "--stop-signal=SIGQUIT"],
    ...["nginx:1.30.4", "nginx", "-c", "/etc/nginx/own/nginx.conf", "-g", "daemon off;"],
  );
}
