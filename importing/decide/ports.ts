import type { Unit } from "./context";
import { readDockerfile } from "../dockerfile";
import { nameImage } from "./kinds";

/** Ports of well-known images. */
const usual: [image: RegExp, port: number][] = [
  [/(?:^|\/)(?:nginx|httpd|caddy|whoami|php|wordpress|nextcloud|drupal|joomla|phpbb|matomo)$/, 80],
  [/(?:^|\/)nginx-unprivileged$/, 8080],
  [/(?:^|\/)(?:tomcat|keycloak|jetty)$/, 8080],
  [/(?:^|\/)(?:metabase|gitea|umami|redmine)$/, 3000],
  [/(?:^|\/)ghost$/, 2368],
];

/** The port at which a unit takes requests, by what its service and its Dockerfile say; undefined where nothing does. */
export function findPort(unit: Unit): number | undefined {
  const [{ fields }] = unit.services;
  const tcp = fields.ports.filter(({ protocol, target }) => protocol === "tcp" && !debugPorts.has(target));
  const [published] = tcp;
  if (published !== undefined) return published.target;
  const [exposed] = fields.expose;
  if (exposed !== undefined) return exposed;
  const [, asked] =
    /(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\$HOSTNAME):(\d+)/.exec(
      fields.healthcheck?.test?.join(" ") ?? "",
    ) ?? [];
  if (asked !== undefined) return Number(asked);
  const written = fields.environment.PORT ?? "";
  if (/^\d+$/.test(written)) return Number(written);
  const dockerfile = readDockerfile(fields);
  if (dockerfile?.port !== undefined) return dockerfile.port;
  const image = fields.build === undefined ? fields.image : dockerfile?.base;
  // PHP without a web server speaks FastCGI.
  if (
    image === undefined ||
    /fpm/.test(image) ||
    (/(?:^|\/)php$/.test(nameImage(image)) && !image.includes("apache"))
  )
    return undefined;
  return usual.find(([pattern]) => pattern.test(nameImage(image)))?.[1];
}

/** Ports of debuggers, which take no requests. */
export const debugPorts = new Set([9229, 5678, 5005, 2345, 9003]);
