import type { local } from "@pulumi/command";
import type * as docker from "@pulumi/docker";
import { createCommand } from "../../../resources/commands";
import type { Context } from "../../../resources/context";
import type { Image } from "../../../resources/images";

/** Who writes to a volume. */
export interface VolumeWriter {
  pool: string;
  path: string;
  user: string | undefined;
  image: Image;
}

/** Gives a volume to the user of those who write to it. */
export function giveToWriters(
  context: Context,
  title: string,
  volume: docker.Volume,
  writers: VolumeWriter[],
): local.Command {
  return createCommand(
    context,
    `${context.name}-${title}-volume-owner`,
    {
      script: "volume",
      create: "giveToWriters",
      task: {
        title,
        volume: volume.name,
        writers: writers.map((writer) => ({ ...writer, image: writer.image.id })),
      },
      triggers: [
        volume.name,
        writers.map(({ pool, path, user }) => ({ pool, path, user })),
        writers.map(({ image }) => image.id),
      ],
    },
    { dependsOn: writers.map(({ image }) => image.command) },
  );
}
