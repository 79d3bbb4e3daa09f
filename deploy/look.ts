import { composeShell } from "../engine/shell";
import { controlPort } from "../nginx/control-port";
import { membersSh } from "../nginx/texts";
import { startedFile } from "./balancer";
import { silentFile } from "./probe";
import { fetchSh, lookSh } from "./texts";

/** Shell for a balancer that prints, after a word each, what it was told last, whom it knows, and which pools are silent. */
export const lookScript = composeShell(
  { control_port: controlPort, started_file: startedFile, silent_file: silentFile },
  membersSh,
  fetchSh,
  lookSh,
);
