import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { scripts } from "../../deploy/bundle";
import type { Json } from "../../deploy/json";
import type { FunctionName, ScriptName, Scripts } from "../../deploy/tasks";
import type { Context } from "./context";

type Plain = string | number | boolean | null | undefined;

/** A value that may become known later, as may what it has. */
type Later<Value> = pulumi.Input<
  Value extends Plain ? Value : Value extends (infer Element)[] ? Later<Element>[] : Inputs<Value>
>;

/** The same fields, with values that may become known later. */
export type Inputs<Values> = { [Field in keyof Values]: Later<Values[Field]> };

/** Values that a contract asks for: `task` and `environment` in the script's environment, `input` by its stdin. */
type Passed<Contract> = {
  [Field in keyof Contract as Field extends "prints" ? never : Field]: Inputs<Contract[Field]>;
};

/** Text that a function prints and a component reads. */
type Printed<Contract> = Contract extends { prints: infer Text extends string } ? Text : string;

/** A script that runs on the machine where Pulumi runs, when the command is created, and when it is deleted. */
type CommandArgs<
  Script extends ScriptName,
  Create extends FunctionName<Script>,
  Delete extends FunctionName<Script>,
> = {
  script: Script;
  /** Function of the script that creates. */
  create: Create;
  /** Function of the script that deletes. */
  delete?: Delete | undefined;
  /** Values whose change makes it a new command. */
  triggers?: pulumi.Input<unknown>[];
} & Passed<Scripts[Script][Create] & Scripts[Script][Delete]>;

/** A command, with what its function prints. */
interface ScriptCommand<Text extends string> extends local.Command {
  readonly stdout: pulumi.Output<Text>;
}

/** Makes a command that is the same on every machine: the script's text, no path, no shell. */
export function createCommand<
  Script extends ScriptName,
  Create extends FunctionName<Script>,
  Delete extends FunctionName<Script> = Create,
>(
  context: Context,
  name: string,
  args: CommandArgs<Script, Create, Delete>,
  options: pulumi.CustomResourceOptions = {},
): ScriptCommand<Printed<Scripts[Script][Create]>> {
  const { script, triggers = [] } = args;
  const { task = {}, input, environment = {} } = args as Values;
  const command = new local.Command(
    name,
    {
      interpreter: ["node", "-e"],
      // Kept out of the command's own text, which Pulumi prints in front of every failure.
      create: call(args.create),
      ...(args.delete === undefined ? {} : { delete: call(args.delete) }),
      environment: context.engine.apply(({ host }) => ({
        FLOTILLA_SCRIPT: scripts[script],
        FLOTILLA_TASK: pulumi.jsonStringify(task),
        ...environment,
        ...(host === undefined ? {} : { DOCKER_HOST: host }),
        ...context.variables,
      })),
      ...(input === undefined ? {} : { stdin: pulumi.jsonStringify(input) }),
      triggers,
      // What a failing script says is part of the failure; logged as it runs too, it would be printed twice.
      logging: local.Logging.Stdout,
    },
    { parent: context.parent, deleteBeforeReplace: false, ...options },
  ) as ScriptCommand<Printed<Scripts[Script][Create]>>;
  command.stdout.apply((printed) => {
    for (const line of printed.split("\n"))
      if (line.startsWith(warning)) void pulumi.log.warn(line.slice(warning.length), command);
  });
  return command;
}

/** Start of the lines with which a script warns. */
const warning = "Warning: ";

/** Values that any contract may ask for. */
interface Values {
  task?: object;
  input?: object;
  environment?: Record<string, pulumi.Input<string>>;
}

/** Functions of a script that print what becomes a secret. */
type SecretName<Script extends ScriptName> = {
  [Each in FunctionName<Script>]: Scripts[Script][Each] extends { prints: string } ? Each : never;
}[FunctionName<Script>];

/** A script that makes a secret, once. */
type SecretArgs<Script extends ScriptName, Create extends SecretName<Script>> = {
  script: Script;
  create: Create;
  /** Values whose change makes it a new secret. */
  triggers?: pulumi.Input<unknown>[];
  /** The component it belongs to. */
  parent?: pulumi.Resource;
} & Passed<Scripts[Script][Create]>;

/** Makes something that is encrypted in the state and never printed: what the script prints. */
export function createSecret<Script extends ScriptName, Create extends SecretName<Script>>(
  name: string,
  args: SecretArgs<Script, Create>,
): pulumi.Output<Printed<Scripts[Script][Create]>> {
  const { script, create, triggers, parent } = args;
  const { task, environment } = args as Values;
  const command = new local.Command(
    name,
    {
      interpreter: ["node", "-e"],
      create: call(create),
      environment: {
        FLOTILLA_SCRIPT: scripts[script],
        ...(task === undefined ? {} : { FLOTILLA_TASK: pulumi.jsonStringify(task) }),
        ...environment,
      },
      ...(triggers === undefined ? {} : { triggers }),
      logging: local.Logging.None,
    },
    { ...(parent === undefined ? {} : { parent }), additionalSecretOutputs: ["stdout"] },
  );
  const printed: pulumi.Output<string> = pulumi.secret(command.stdout);
  return printed as pulumi.Output<Printed<Scripts[Script][Create]>>;
}

/** A value for the environment, as JSON. */
export function toLaterJson<Value>(value: Later<Value>): pulumi.Output<Json<Value>> {
  return pulumi.jsonStringify(value) as pulumi.Output<Json<Value>>;
}

/** The text that runs a function of the packed script in the environment. */
function call(name: string): string {
  return `eval(require("zlib").brotliDecompressSync(Buffer.from(process.env.FLOTILLA_SCRIPT,"base64"))+";flotilla.${name}()")`;
}
