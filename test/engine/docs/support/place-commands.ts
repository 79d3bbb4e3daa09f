/** What stands for a page's words. */
export interface Place {
  stack: (name: string) => string;
  port: number;
  words: Record<string, string>;
}

/** A page's commands as they are run in a walk: on its stacks, at its port, with its words. */
export function placeCommands(commands: string, { stack, port, words }: Place): string {
  let text = commands
    .replaceAll("8080", String(port))
    .replaceAll("flotilla/dev", `flotilla/${stack("dev")}`)
    .replaceAll(/--stack[ =](\w+)/g, (_, name: string) => `--stack ${stack(name)}`)
    .replaceAll(
      /npm run (up|preview|down|backup|restore)( --)?(?= |$)(?![^\n;&|]*--stack)/gm,
      (_, command: string) => `npm run ${command} -- --stack ${stack("dev")}`,
    )
    .replaceAll(/^(pulumi (?!.*--stack).*)$/gm, (command) => `${command} --stack ${stack("dev")}`);
  for (const [word, placed] of Object.entries(words)) text = text.replaceAll(word, placed);
  return text;
}
