import type { Part } from "../../engine/parts";

/** A container as the engine tells of it, healthy and without limits. */
export function makePart(own: Partial<Part> & Pick<Part, "title">): Part {
  return {
    id: `id-${own.title}`.padEnd(64, "0"),
    name: `app-${own.title}-0a1b2c3`,
    ...{ service: "app", role: "replica", pool: "", store: "", server: "", sharesFront: false },
    balancer: own.role === "balancer" ? own.title : "",
    ...{ state: "running", health: "healthy", outOfMemory: false, exitCode: 0, restarts: 0 },
    startedAt: Date.parse("2026-11-27T09:00:00Z"),
    endedAt: 0,
    createdAt: Date.parse("2026-11-27T09:00:00Z"),
    image: "sha256:1",
    environment: {},
    memoryLimit: 0,
    networks: {},
    volumes: [],
    published: [],
    ...own,
  };
}

const on = (...names: string[]) =>
  Object.fromEntries(names.map((name, index) => [name, { address: `10.0.${index}.2`, aliases: [] }]));

/** A stack with a public pool of two, one behind it, a datastore with backups, and monitoring. */
export const shop: Part[] = [
  makePart({
    ...{ title: "balancer", role: "balancer", networks: on("public"), health: "healthy" },
    published: [{ address: "0.0.0.0", port: 8080, inside: "80/tcp" }],
  }),
  makePart({
    title: "api-1",
    pool: "api",
    networks: on("public", "inner", "store"),
    memoryLimit: 256 * 1024 ** 2,
  }),
  makePart({
    title: "api-2",
    pool: "api",
    networks: on("public", "inner", "store"),
    memoryLimit: 256 * 1024 ** 2,
  }),
  makePart({ title: "price-balancer", role: "balancer", networks: on("inner") }),
  makePart({ title: "price-1", pool: "price", networks: on("inner") }),
  makePart({
    ...{ title: "main", service: "main", role: "store", store: "main", server: "server" },
    networks: { store: { address: "10.0.9.2", aliases: ["main", "main-1"] } },
  }),
  makePart({ title: "main-backup", service: "main", role: "store-backup", store: "main", health: undefined }),
  makePart({ title: "prometheus", service: "monitoring", role: "monitoring", server: "prometheus" }),
];
