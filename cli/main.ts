// The commands of a clone.
import { commands } from "./clone-commands";
import { start } from "./start";

start(commands, process.argv.slice(2));
