// Prints what tools/sealed/setup has to do for an image, as assignments for a shell: `node plan-image.cjs redis:8`.
const standIns = require("../images.cjs");

const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;

function find(asked) {
  const [name, tag] = asked.split(/:(?=[^/:]+$)/);
  const standIn = standIns.find((each) => each.name === name);
  if (standIn !== undefined && (tag ?? standIn.tag).startsWith(standIn.serves))
    return { ...standIn, tag: tag ?? standIn.tag };
  const known = standIns.map((each) => `${each.name}:${each.serves}…`);
  console.error(`setup: There is no stand-in for ${asked}. There are ones for ${known.join(", ")}.`);
  process.exit(1);
}

/** The lines of a Dockerfile that make the contract. */
function describe(standIn) {
  const environment = {
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    ...standIn.environment,
  };
  return [
    ...Object.entries(environment).map(([key, value]) => `ENV ${key}=${JSON.stringify(value)}`),
    ...(standIn.entrypoint === undefined ? [] : [`ENTRYPOINT ${JSON.stringify(standIn.entrypoint)}`]),
    ...(standIn.command === undefined ? [] : [`CMD ${JSON.stringify(standIn.command)}`]),
    ...(standIn.user === undefined ? [] : [`USER ${standIn.user}`]),
    `WORKDIR ${standIn.folder ?? "/"}`,
    ...(standIn.ports ?? []).map((port) => `EXPOSE ${port}/tcp`),
    ...(standIn.volumes ?? []).map((volume) => `VOLUME ${JSON.stringify([volume])}`),
    ...(standIn.stopSignal === undefined ? [] : [`STOPSIGNAL ${standIn.stopSignal}`]),
    "LABEL flotilla.stand-in=true",
  ];
}

const standIn = find(process.argv[2]);
const assignments = {
  image: `${standIn.name}:${standIn.tag}`,
  parts: standIn.name.replaceAll("/", "-"),
  installed_as: (standIn.like ?? standIn.name).replaceAll("/", "-"),
  packages: standIn.packages.join(" "),
  npm: standIn.npm ?? "",
  modules: Object.entries(standIn.modules ?? {})
    .map((pair) => pair.join("="))
    .join(" "),
  built: (standIn.built ?? [])
    .map(({ program, module, sum, folder }) => [program, module, sum, folder].join(","))
    .join(" "),
  jars: standIn.jars?.folder ?? "",
  artifacts: (standIn.jars?.artifacts ?? [])
    .map((name) => (name.split(":").length > 2 ? name : `${name}:${standIn.tag}`))
    .join(" "),
  version_of: standIn.version?.package ?? "",
  version_in: standIn.version?.variable ?? "",
  programs: Object.entries(standIn.programs ?? {})
    .map((pair) => pair.join("="))
    .join(" "),
  folder: standIn.folder ?? "",
  busybox: (standIn.busybox ?? []).join(" "),
  changes: describe(standIn).join("\n"),
};
for (const [name, value] of Object.entries(assignments)) console.log(`${name}=${quote(value)}`);
