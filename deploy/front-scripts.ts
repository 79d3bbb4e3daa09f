import { composeShell } from "../engine/shell";
import { cacheFolder } from "../nginx/cache";
import { ownPlace } from "../nginx/own-place";
import { places } from "../nginx/places";
import { ownValues } from "./control";
import { beginNginxSh, endFrontSh, fetchSh, frontSh, ownPlaceSh, peersSh, startSh } from "./texts";
import { closedSocket, silentFile } from "./transaction";

/** Scripts that a configuration brings for a front and for the balancers that share it, by their files. */
export function renderFrontScripts(): Record<string, string> {
  return {
    "start.sh": compose(startSh),
    "front.sh": compose(frontSh),
    "end-front.sh": compose(endFrontSh),
  };
}

function compose(text: string): string {
  return composeShell(
    {
      ...ownValues,
      ends_file: ownPlace.ends,
      cache_folder: cacheFolder,
      watch_folder: places.watch,
      logs: places.logs.join(" "),
      closed_socket: closedSocket,
      silent_file: silentFile,
    },
    ...[fetchSh, ownPlaceSh, peersSh, beginNginxSh, text],
  );
}
