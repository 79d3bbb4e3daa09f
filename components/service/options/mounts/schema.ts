import type { z } from "zod";
import {
  closed,
  dockerVolumeName,
  dockerVolumeRule,
  exactlyOne,
  type Fields,
  flag,
  input,
  shortName,
  shortNameRule,
  text,
} from "../../../arguments/schema-parts";
import type { MountArgs } from "../../../types";

/** A volume or a folder of the engine's host inside each replica. */
export const mount = closed(
  {
    path: text("be an absolute path in the container, below /", /^\/+[^/]/),
    shared: text(`be ${shortNameRule}`, shortName).optional(),
    volume: input(dockerVolumeRule, (value) => dockerVolumeName.test(value)).optional(),
    hostPath: text("be an absolute path on the engine's host", /^(?:\/|[A-Za-z]:[\\/])/).optional(),
    readOnly: flag().default(false),
  } satisfies Fields<MountArgs>,
  "be an object with a path and one of shared, volume and hostPath",
  undefined,
  [
    exactlyOne(
      ["shared", "volume", "hostPath"],
      "Set the name of a shared volume, of any Docker volume, or a folder of the host.",
    ),
  ],
);

/** A volume or a folder inside each replica. */
export type Mount = z.output<typeof mount>;
