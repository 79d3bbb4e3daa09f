import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Context } from "./context";

/** A script that runs on the machine where Pulumi runs, when the command is created, and when it is deleted. */
interface CommandArgs {
  /** Bundled text of the script. */
  script: string;
  /** Function of the script that creates. */
  create: string;
  /** Function of the script that deletes. */
  delete?: string;
  /** Values for the script, in its environment. */
  task?: Record<string, pulumi.Input<unknown>>;
  /** Values for the script that may be too long for an environment, on its standard input. */
  input?: Record<string, pulumi.Input<unknown>>;
  /** Further variables of its environment. */
  environment?: Record<string, pulumi.Input<string>>;
  /** Values whose change makes it a new command. */
  triggers?: pulumi.Input<unknown>[];
}

/** Makes a command that is the same on every machine: the script's text, no path, no shell. */
export function createCommand(
  context: Context,
  name: string,
  args: CommandArgs,
  options: pulumi.CustomResourceOptions = {},
): local.Command {
  const { script, task = {}, input, environment = {}, triggers = [] } = args;
  return new local.Command(
    name,
    {
      interpreter: ["node", "-e"],
      // Kept out of the command's own text, which Pulumi prints in front of every failure.
      create: call(args.create),
      ...(args.delete === undefined ? {} : { delete: call(args.delete) }),
      environment: context.engine.apply(({ host }) => ({
        FLOTILLA_SCRIPT: script,
        FLOTILLA_TASK: pulumi.jsonStringify(task),
        ...environment,
        ...(host === undefined ? {} : { DOCKER_HOST: host }),
      })),
      ...(input === undefined ? {} : { stdin: pulumi.jsonStringify(input) }),
      triggers,
      // What a failing script says is part of the failure; logged as it runs too, it would be printed twice.
      logging: local.Logging.Stdout,
    },
    { parent: context.parent, deleteBeforeReplace: false, ...options },
  );
}

/** A script that makes a secret, once. */
interface SecretArgs extends Pick<CommandArgs, "script" | "create" | "environment" | "triggers"> {
  /** The component it belongs to. */
  parent?: pulumi.Resource;
}

/** Makes something that is encrypted in the state and never printed: what the script prints. */
export function createSecret(
  name: string,
  { script, create, environment, triggers, parent }: SecretArgs,
): pulumi.Output<string> {
  const command = new local.Command(
    name,
    {
      interpreter: ["node", "-e"],
      create: call(create),
      environment: { FLOTILLA_SCRIPT: script, ...environment },
      ...(triggers === undefined ? {} : { triggers }),
      logging: local.Logging.None,
    },
    { ...(parent === undefined ? {} : { parent }), additionalSecretOutputs: ["stdout"] },
  );
  return pulumi.secret(command.stdout);
}

/** The text that runs a function of the packed script in the environment. */
function call(name: string): string {
  return `eval(require("zlib").inflateRawSync(Buffer.from(process.env.FLOTILLA_SCRIPT,"base64"))+";flotilla.${name}()")`;
}
