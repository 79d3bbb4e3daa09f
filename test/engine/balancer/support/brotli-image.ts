import { docker } from "../../support/engine";

const packages = "libnginx-mod-http-brotli-filter libnginx-mod-http-brotli-static";
const install = [
  // The lists of an image that is some weeks old have expired.
  "apt-get update -o Acquire::Check-Valid-Until=false",
  `apt-get install --yes --no-install-recommends nginx-module-brotli || apt-get install --yes --no-install-recommends ${packages}`,
  // The files say what is loaded.
  "rm -f /etc/nginx/modules-enabled/*brotli*",
].join(" && ");

/** Makes an image of Nginx with the Brotli module from its distribution's packages. */
export async function makeBrotliImage(name: string, from: string): Promise<void> {
  const container = `${name}-making`;
  try {
    await docker("run", `--name=${container}`, "--network=host", "--entrypoint=sh", from, "-c", install);
    await docker("commit", '--change=ENTRYPOINT ["nginx"]', container, name);
  } finally {
    await docker("rm", "--force", container);
  }
}
