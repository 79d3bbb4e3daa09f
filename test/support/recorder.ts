import * as pulumi from "@pulumi/pulumi";
import type {
  RegisterResourceOutputsRequest,
  RegisterResourceRequest,
} from "@pulumi/pulumi/proto/resource_pb";
import { deserializeProperties } from "@pulumi/pulumi/runtime/rpc";
import type { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import * as state from "@pulumi/pulumi/runtime/state";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";

/** Key of the object that stands for a secret in recorded inputs. */
export const secretMarker = "4dabf18193072939515e22adb298388d";

/** Stands in recorded inputs and outputs for what a preview does not know. */
export { unknown } from "@pulumi/pulumi/output";

/** A resource as the program asked the engine for it. */
export interface Recorded {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
  /** What a component registered as its outputs; empty for anything else. */
  outputs: Record<string, unknown>;
  /** Name of the parent. */
  parent: string | undefined;
  /** Names of what it depends on, by an option or by its inputs. */
  dependsOn: string[];
  /** Undefined when the program did not say. */
  deleteBeforeReplace: boolean | undefined;
  ignoreChanges: string[];
  replaceOnChanges: string[];
  /** The functions that run before it is created. */
  beforeCreate: pulumi.ResourceHookFunction[];
  /** The functions that run when it has been. */
  afterCreate: pulumi.ResourceHookFunction[];
}

/** A call of a provider's function. */
interface RecordedCall {
  token: string;
  inputs: Record<string, unknown>;
}

interface Options {
  /** Whether the program runs as a preview: ids and what commands print are unknown. */
  preview?: boolean;
  /** Configuration of the stack. */
  config?: Record<string, string>;
  /** Answers a call of a provider's function; throws where the real one fails. */
  call?: (call: RecordedCall) => Record<string, unknown>;
  /** What commands print, by name; others print their own. */
  printed?: Record<string, string>;
}

/** What a program asked for. */
export interface Recording {
  resources: Recorded[];
  calls: RecordedCall[];
  /** The only resource of this name. */
  find: (name: string) => Recorded;
}

type Handler<Request> = (request: Request, callback: (error: unknown, response: unknown) => void) => unknown;

/** Runs a program against mocks and gives every resource that it registered. */
export async function record(build: () => unknown, options: Options = {}): Promise<Recording> {
  const { preview = false, config = {}, call = () => ({}), printed = {} } = options;
  const calls: RecordedCall[] = [];
  const mocks: pulumi.runtime.Mocks = {
    newResource: ({ type, name, inputs, custom }) => ({
      id: custom === true && !preview ? `${name}-id` : undefined,
      state: {
        ...(inputs as object),
        ...computedOutputs(type, name, preview ? undefined : (printed[name] ?? printOf(name))),
      },
    }),
    call: ({ token, inputs }) => {
      calls.push({ token, inputs: inputs as Record<string, unknown> });
      return call({ token, inputs: inputs as Record<string, unknown> });
    },
  };
  await pulumi.runtime.setMocks(mocks, "flotilla", "test", preview, "organization");
  pulumi.runtime.setAllConfig(config);
  const hooks = captureHooks();
  const resources = captureResources(hooks);
  try {
    await build();
  } finally {
    await pulumi.runtime.disconnect();
  }
  return {
    resources,
    calls,
    find: (name) => {
      const [found, ...more] = resources.filter((resource) => resource.name === name);
      if (found === undefined || more.length > 0)
        throw new Error(`${more.length + (found === undefined ? 0 : 1)} resources are named "${name}".`);
      return found;
    },
  };
}

/** What a command prints; the names of networks are read. */
function printOf(name: string): string {
  return name.endsWith("-networks") ? JSON.stringify([`${name.slice(0, -1)}-abc1234`]) : `${name}-stdout`;
}

function computedOutputs(type: string, name: string, stdout: string | undefined): Record<string, unknown> {
  if (type === "command:local:Command") return stdout === undefined ? {} : { stdout };
  return type.startsWith("docker:") ? { name: `${name}-abc1234` } : {};
}

/** Hooks need a server of their own; here they are only remembered. */
function captureHooks(): Map<string, pulumi.ResourceHookFunction> {
  const hooks = new Map<string, pulumi.ResourceHookFunction>();
  const server = {
    registerResourceHook: ({ name, callback }: pulumi.ResourceHook) => {
      hooks.set(name, callback);
      return Promise.resolve();
    },
    awaitStackRegistrations: () => Promise.resolve(),
    shutdown: () => undefined,
  };
  const { getStore } = state as unknown as { getStore: () => { callbacks: typeof server } };
  getStore().callbacks = server;
  return hooks;
}

/** The mocks tell inputs alone: options are in the requests. */
function captureResources(hooks: Map<string, pulumi.ResourceHookFunction>): Recorded[] {
  const monitor = pulumi.runtime.getMonitor() as unknown as MockMonitor;
  const register = monitor.registerResource.bind(monitor) as Handler<RegisterResourceRequest>;
  const registerOutputs = monitor.registerResourceOutputs.bind(
    monitor,
  ) as Handler<RegisterResourceOutputsRequest>;
  const recorded: Recorded[] = [];
  const byUrn = new Map<string, Recorded>();

  const registerAndRecord: Handler<RegisterResourceRequest> = (request, callback) => {
    const resource = describe(request, hooks);
    recorded.push(resource);
    return register(request, (error, response) => {
      const { urn } = (response as { toObject: () => { urn: string } }).toObject();
      byUrn.set(urn, resource);
      callback(error, response);
    });
  };
  const recordOutputs: Handler<RegisterResourceOutputsRequest> = (request, callback) => {
    const resource = byUrn.get(request.getUrn());
    if (resource !== undefined) resource.outputs = toPlain(request.getOutputs());
    return registerOutputs(request, callback);
  };
  Object.assign(monitor, { registerResource: registerAndRecord, registerResourceOutputs: recordOutputs });
  return recorded;
}

function describe(
  request: RegisterResourceRequest,
  hooks: Map<string, pulumi.ResourceHookFunction>,
): Recorded {
  const hooksOf = (names: string[] | undefined) => (names ?? []).flatMap((hook) => hooks.get(hook) ?? []);
  return {
    type: request.getType(),
    name: request.getName(),
    inputs: toPlain(request.getObject()),
    outputs: {},
    parent: request.getParent() === "" ? undefined : nameOf(request.getParent()),
    dependsOn: request.getDependenciesList().map(nameOf).sort(),
    deleteBeforeReplace: request.getDeletebeforereplacedefined()
      ? request.getDeletebeforereplace()
      : undefined,
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    beforeCreate: hooksOf(request.getHooks()?.getBeforeCreateList()),
    afterCreate: hooksOf(request.getHooks()?.getAfterCreateList()),
  };
}

function toPlain(struct: Struct | undefined): Record<string, unknown> {
  return struct === undefined ? {} : deserializeProperties(struct, true);
}

function nameOf(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}
