import { z } from "zod";
import {
  assignments,
  flag,
  memory,
  namedFiles,
  number,
  parsed,
  portLine,
  seconds,
  text,
  texts,
  words,
} from "./fields";

const build = z.looseObject({
  context: text,
  dockerfile: text.optional(),
  target: text.optional(),
  args: assignments.default({}),
});

const healthcheck = z.looseObject({
  test: parsed((value): string[] | undefined => {
    if (typeof value === "string") return ["CMD-SHELL", value];
    return Array.isArray(value) && value.length > 0 ? value.map(String) : undefined;
  }, "be a command line, or a list that starts with CMD, CMD-SHELL or NONE").optional(),
  interval: seconds.optional(),
  timeout: seconds.optional(),
  start_period: seconds.optional(),
  start_interval: seconds.optional(),
  retries: number.optional(),
  disable: flag.optional(),
});

const amounts = z.looseObject({ cpus: number.optional(), memory: memory.optional() });

const deploy = z.looseObject({
  replicas: number.optional(),
  mode: text.optional(),
  resources: z.looseObject({ limits: amounts.optional(), reservations: amounts.optional() }).optional(),
  update_config: z
    .looseObject({
      parallelism: number.optional(),
      order: text.optional(),
    })
    .optional(),
});

const volume = z.looseObject({
  type: text.default("volume"),
  source: text.optional(),
  target: text.optional(),
  read_only: flag.default(false),
});

const dependency = z.preprocess(
  (value) => (typeof value === "object" && value !== null ? value : {}),
  z.looseObject({ condition: text.default("service_started") }),
);

const network = z.preprocess((value) => value ?? {}, z.looseObject({ aliases: texts.default([]) }));

const logging = z.looseObject({
  driver: text.optional(),
  options: assignments.default({}),
});

/** The settings of a service that are understood; others are there too. */
export const serviceSchema = z.looseObject({
  image: text.optional(),
  build: build.optional(),
  command: words.optional(),
  entrypoint: words.optional(),
  environment: assignments.default({}),
  env_file: z.array(z.looseObject({ path: text, required: flag.default(true) })).default([]),
  ports: z
    .array(portLine)
    .transform((lines) => lines.flat())
    .default([]),
  expose: z
    .array(parsed((value) => Number.parseInt(String(value), 10) || undefined, "be a port"))
    .default([]),
  volumes: z.array(volume).default([]),
  depends_on: z.record(z.string(), dependency).default({}),
  healthcheck: healthcheck.optional(),
  deploy: deploy.optional(),
  scale: number.optional(),
  profiles: texts.default([]),
  networks: z.record(z.string(), network).default({}),
  network_mode: text.optional(),
  secrets: namedFiles("source").default([]),
  configs: namedFiles("source").default([]),
  labels: assignments.default({}),
  logging: logging.optional(),
  user: text.optional(),
  restart: text.optional(),
  stop_grace_period: seconds.optional(),
  mem_limit: memory.optional(),
  mem_reservation: memory.optional(),
  cpus: number.optional(),
  container_name: text.optional(),
  hostname: text.optional(),
});

/** The settings of a service. */
export type ServiceFields = z.output<typeof serviceSchema>;

/** A file of `secrets` or `configs`. */
const content = z.preprocess(
  (value) => value ?? {},
  z.looseObject({
    file: text.optional(),
    environment: text.optional(),
    content: text.optional(),
    external: flag.optional(),
    name: text.optional(),
  }),
);

const resource = z.preprocess(
  (value) => value ?? {},
  z.looseObject({
    name: text.optional(),
    external: parsed((value) => Boolean(value), "be true or false").optional(),
  }),
);

/** A project without its services. */
export const projectSchema = z.looseObject({
  name: text.optional(),
  volumes: z.record(z.string(), resource).default({}),
  networks: z.record(z.string(), resource).default({}),
  secrets: z.record(z.string(), content).default({}),
  configs: z.record(z.string(), content).default({}),
});

/** The settings of a project. */
export type ProjectFields = z.output<typeof projectSchema>;
