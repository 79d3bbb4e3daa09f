import { files } from "../../../backup/settings";
import { composeShell } from "../../../engine/shell";
import { dumpLoopSh } from "./texts";

const folder = "/etc/flotilla";

/** The script of the container that dumps. */
export const dumpScript = `${folder}/dump.sh`;

/** File with the password of one of the datastore's users, in the container that dumps. */
export function secretFile(user: string): string {
  return `${folder}/${user}-password`;
}

/** Shell command that tells whether the container that dumps is alive. */
export const dumpHealth = `[ -n "$(find ${files.staging}/alive -mmin -1)" ]`;

/** The script of the container that dumps, with the engine's own functions. */
export function renderDumpScript(functions: string): string {
  const { staging } = files;
  return composeShell({ staging, secrets: folder, scratch: `${staging}/scratch` }, functions, dumpLoopSh);
}
