import { defineCommand, flag, text, texts } from "../command";
import { Misuse } from "../failure";
import { setUpProject } from "../init/project";

const isPort = (written: string) =>
  /^\d{1,5}$/.test(written) && Number(written) >= 1 && Number(written) <= 65535;

function refuseUnless(test: (written: string) => boolean, rule: string) {
  return (written: string, place: string): void => {
    if (!test(written)) throw new Misuse(`${place} must ${rule}, got ${JSON.stringify(written)}.`);
  };
}

/** Makes a project of the folder of an application. */
export const init = defineCommand({
  name: "init",
  summary:
    "makes a project of this folder: looks at the application in it, and writes the files of its stacks",
  options: {
    name: text("name", "the project's name; that of the package or of the folder when left out", undefined, {
      check: refuseUnless(
        (written) => /^[A-Za-z0-9][\w.-]{0,99}$/.test(written),
        "be a name of letters, digits, -, _ and dots",
      ),
    }),
    context: text(
      "folder",
      "the folder with the application's Dockerfile; this one, or the nearest above that has one, when left out",
      undefined,
    ),
    image: text("image", "an image that something else builds, instead of a Dockerfile", undefined),
    port: text(
      "port",
      "the port that the application listens on; what the Dockerfile says when left out",
      undefined,
      {
        check: refuseUnless(isPort, "be a port from 1 to 65535"),
      },
    ),
    health: text(
      "path",
      "the path that answers 200 when the application is well; what is found here when left out",
      undefined,
      {
        check: refuseUnless((written) => /^\/[^\s#]*$/.test(written), "be a path that starts with /"),
      },
    ),
    publish: text("port", "the port that the stack for development answers at", "8080", {
      check: refuseUnless(isPort, "be a port from 1 to 65535"),
    }),
    stack: texts(
      "name",
      "a stack to write a file for; may be repeated; dev and prod when left out",
      refuseUnless((written) => /^[\w.-]+$/.test(written), "be the name of a stack"),
    ),
    dockerfile: flag("writes a Dockerfile where there is none, for Node.js, Python or Go"),
    yes: flag("no question first; the same where there is no terminal", "y"),
  },
  examples: [
    ["npx flotilla init", "shows what it found, and asks"],
    ["npx flotilla init --yes --port 8000 --health /healthz", "without a question"],
    ["npx flotilla init --context ../backend", "for an application that lies elsewhere"],
  ],
  run: setUpProject,
});
