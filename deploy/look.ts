import { composeShell } from "../engine/shell";
import { membersSh } from "../nginx/texts";
import { startedFile } from "./balancer";
import { silentFile } from "./probe";
import { lookSh } from "./texts";

/** Shell for a balancer that prints, after a word each, what it was told last, whom it knows, and which pools are silent. */
export const lookScript = composeShell(
  { started_file: startedFile, silent_file: silentFile },
  membersSh,
  lookSh,
);
