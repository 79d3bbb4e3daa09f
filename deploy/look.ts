import { composeShell } from "../engine/shell";
import { controlValues } from "./control";
import { membersSh } from "../nginx/texts";
import { startedFile } from "./balancer";
import { fetchSh, lookSh } from "./texts";
import { silentFile } from "./transaction";

/** Shell for a balancer that prints, after a word each, what it was told last, whom it knows, and which pools are silent. */
export const lookScript = composeShell(
  { ...controlValues, started_file: startedFile, silent_file: silentFile },
  membersSh,
  fetchSh,
  lookSh,
);
