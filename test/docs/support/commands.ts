import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { commands } from "../../../cli/clone-commands";
import { commands as ofPackage } from "../../../cli/commands";
import { readCall } from "../../../cli/reading";
import images from "../../../tools/sealed/images.cjs";
import { findInlineCode, findBlocks, type Page, root } from "./pages";
import { splitCommands } from "./shell";

const packageFile = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  version: string;
  scripts: Partial<Record<string, string>>;
};
/** Names of Flotilla's labels, as the one place that makes them declares them. */
const labels = [...readFileSync(join(root, "engine/labels.ts"), "utf8").matchAll(/^  (\w+)\?: /gm)].map(
  ([, name = ""]) => `flotilla.${name}`,
);

/** Stands for what the reader puts in: `<datastore>`. */
const blank = "BLANK";

/** Pulumi's commands that pages name, and their options; other options of `up` and `preview` are passed on to it. */
const pulumiCommands: Record<string, string[]> = {
  up: ["--stack"],
  preview: ["--stack", "--policy-pack"],
  destroy: ["--exclude", "--exclude-protected"],
  cancel: ["--stack"],
  "config set": ["--secret", "--stack"],
  "stack output": ["--show-secrets"],
  "package add": [],
  "plugin install": [],
};
const passedOn = ["--config", "--parallel", "--diff", "--policy-pack"];
const dockerCommands =
  "build compose events exec info inspect kill logs network ps service start stats stop system volume".split(
    " ",
  );
/** Programs of the system, of which nothing is checked. */
const others = ["ab", "cd", "curl", "eval", "git", "openssl", "sleep", "ssh", "wrk"];

/** The commands of a page: of its `sh` blocks, and those of ours in sentences. */
export function findCommands(page: Pick<Page, "text">): string[][] {
  const inSentences = findInlineCode(page).filter((code) =>
    /^(?:\w+=\S+ )*(?:npm|npx flotilla|sh|pulumi|docker) \S/.test(code),
  );
  const blocks = findBlocks(page, "sh").map(({ text }) => text);
  return [...blocks, ...inSentences].flatMap((text) =>
    splitCommands(text.replaceAll(/<[\w -]+>/g, blank).replaceAll(" …", "")),
  );
}

/** Says what is wrong with a command; undefined when it is known. */
export function findFault([program = "", ...args]: string[]): string | undefined {
  if (program === "npm") return checkNpm(args);
  if (program === "npx") return checkNpx(args);
  if (program === "sh")
    return args[0] === "tools/sealed/setup"
      ? checkScript("setup", args.slice(1))
      : `no script ${args.join(" ")}`;
  if (program === "pulumi") return checkPulumi(args);
  if (program === "docker") return checkDocker(args);
  return others.includes(program) ? undefined : `no program ${program}`;
}

function checkNpm([command = "", ...args]: string[]): string | undefined {
  if (command === "test" || command === "ci" || command === "pack") return refuse(args);
  if (command === "install") {
    const [file = ""] = args;
    if (args.join(" ") === "--save-dev @pulumi/policy") return undefined;
    return file === `./flotilla-${packageFile.version}.tgz` ? undefined : `no package ${file}`;
  }
  if (command !== "run") return `no command npm ${command}`;
  const [name = "", separator, ...rest] = args.filter((word) => word !== "-s" && word !== "--silent");
  if (packageFile.scripts[name] === undefined) return `no script ${name}`;
  if (separator !== undefined && separator !== "--") return `${separator} before --`;
  return checkScript(name, rest);
}

function checkNpx([name = "", ...args]: string[]): string | undefined {
  if (name !== "flotilla") return `no package ${name}`;
  try {
    readCall(ofPackage, args);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function checkScript(name: string, args: string[]): string | undefined {
  if (!commands.some((command) => command.name === name)) return refuse(args);
  try {
    const call = readCall(commands, [name, ...args.filter((word) => word !== blank || name !== "prove")]);
    if (typeof call === "string") return undefined;
    const { step, images, words, example, passedOn } = call.given as Partial<Record<string, string[]>>;
    if (example !== undefined) {
      const [command = "up", ...options] = words ?? [];
      return command.startsWith("-") ? checkScript("up", words ?? []) : checkScript(command, options);
    }
    return step === undefined ? checkPassedOn(passedOn ?? []) : checkImages(images ?? []);
  } catch (error) {
    return (error as Error).message;
  }
}

function checkPassedOn(words: string[]): string | undefined {
  const [option, value = "", ...rest] = words;
  if (option === undefined) return undefined;
  if (!passedOn.includes(option)) return `no option ${option}`;
  if (option === "--diff") return checkPassedOn([...(value === "" ? [] : [value]), ...rest]);
  if (option === "--policy-pack" && !existsSync(join(root, value, "PulumiPolicy.yaml")))
    return `no policies ${value}`;
  return checkPassedOn(rest);
}

function checkImages(names: string[]): string | undefined {
  const known = (images as { name: string }[]).map(({ name }) => name);
  return refuse(names.filter((name) => !known.includes(name.replace(/:[^/]*$/, ""))));
}

function checkPulumi(args: string[]): string | undefined {
  const name = Object.keys(pulumiCommands).find((each) => args.join(" ").startsWith(each));
  if (name === undefined) return `no command pulumi ${args.join(" ")}`;
  return refuse(args.filter((word) => word.startsWith("--") && !pulumiCommands[name]?.includes(word)));
}

function checkDocker(args: string[]): string | undefined {
  if (!dockerCommands.includes(args[0] ?? "")) return `no command docker ${args[0] ?? ""}`;
  const named = args.flatMap((word) => /label=([\w.]+)/.exec(word)?.[1] ?? []);
  return refuse(named.filter((label) => !labels.includes(label)));
}

function refuse(words: string[]): string | undefined {
  return words.length === 0 ? undefined : `no use for ${words.join(" ")}`;
}
