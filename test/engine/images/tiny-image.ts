import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { docker, dockerLines } from "../support/engine";
import { start } from "../support/processes";
import type { PoolSettings } from "../support/settings";

const port = 8000;
/** Label of whatever these tests build. */
export const testLabel = `flotilla.test=tiny-${process.pid}`;

/**
 * An application of a few MiB, made of what the balancer's image has: a registry must not be sent a whole distribution,
 * and the image that other stacks run must not get a digest.
 */
const dockerfile = `
FROM nginx:1.30.4 AS parts
LABEL ${testLabel}
RUN mkdir -p /out/tmp /out/run /out/etc /out/var/log/nginx /out/var/lib/nginx /out/var/cache/nginx; \\
  cp /etc/passwd /etc/group /out/etc; \\
  for program in sh bash timeout cat date stat nginx; do \\
    path=$(command -v $program); mkdir -p /out$(dirname $path); cp -L $path /out$path; \\
    for library in $(ldd $path | grep -o '/[^ ]*'); do \\
      mkdir -p /out$(dirname $library); cp -L $library /out$library; \\
    done; \\
  done

FROM scratch
LABEL ${testLabel}
COPY --from=parts /out /
COPY app.conf /app.conf
CMD ["nginx", "-c", "/app.conf"]
`;

/** Builds an image whose application answers each request with a text, which makes it an image of its own. */
export async function buildTiny(reference: string, text: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "flotilla-tiny-"));
  try {
    writeFileSync(join(folder, "Dockerfile"), dockerfile);
    writeFileSync(join(folder, "app.conf"), renderSettings(text));
    await docker("build", "--quiet", `--tag=${reference}`, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Settings of an Nginx that answers with a text. */
export function renderSettings(text: string): string {
  return `
daemon off;
user root;
worker_processes 1;
error_log /dev/stderr;
pid /tmp/nginx.pid;
events {}
http {
  access_log off;
  default_type text/plain;
  server {
    listen ${port};
    location / { return 200 "${text}"; }
  }
}
`;
}

/** A pool that runs it. */
export function tinyPool(image: string, settings: PoolSettings = {}): PoolSettings {
  const healthCheck = { intervalSeconds: 2, timeoutSeconds: 2, startSeconds: 20 };
  return { image, port, healthCheck, ...settings };
}

/**
 * Builds an image and pushes it, as another machine does: under another name of the registry, which is forgotten, so that
 * the engine knows of it no more than before.
 */
export async function publishTiny(
  reference: string,
  text: string,
  credentials?: { username: string; password: string },
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "flotilla-tiny-"));
  const pushed = reference.replace(/^127\.0\.0\.1:/, "localhost:");
  try {
    await buildTiny(pushed, text);
    const { username = "", password = "" } = credentials ?? {};
    const auth = Buffer.from(`${username}:${password}`).toString("base64");
    const auths = credentials === undefined ? {} : { [pushed.split("/")[0] ?? ""]: { auth } };
    writeFileSync(join(folder, "config.json"), JSON.stringify({ auths }));
    // The engine's address may come from the configuration that is replaced.
    const host = await docker("context", "inspect", "--format={{.Endpoints.docker.Host}}");
    const env = { ...process.env, DOCKER_HOST: host, DOCKER_CONFIG: folder };
    const push = start("docker", ["push", "--quiet", pushed], folder, env);
    const { code, text: said } = await push.ended;
    if (code !== 0) throw new Error(`${reference} cannot be pushed:\n${said}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
  await forgetImages(pushed);
}

/** Removes every name of the images of a repository, so that the engine has to ask its registry again. */
async function forgetImages(reference: string): Promise<void> {
  const repository = reference.replace(/:[^:/]*$/, "");
  const listed = await dockerLines(
    "image",
    "ls",
    "--digests",
    "--format={{.Repository}} {{.Tag}} {{.Digest}}",
    repository,
  );
  for (const line of listed) {
    const [name = "", tag = "", digest = ""] = line.split(" ");
    if (tag !== "<none>") await docker("image", "rm", "--force", `${name}:${tag}`).catch(() => "");
    if (digest !== "<none>") await docker("image", "rm", "--force", `${name}@${digest}`).catch(() => "");
  }
}

/** Removes all images of these tests when a file's tests are done and their containers are gone: call it before anything else. */
export function useTestImages(): void {
  afterAll(async () => {
    const ids = await dockerLines("image", "ls", "--quiet", `--filter=label=${testLabel}`);
    if (ids.length > 0) await docker("image", "rm", "--force", ...new Set(ids));
  });
}
