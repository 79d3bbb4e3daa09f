import { readFileSync } from "node:fs";
import { LogFormat, TlsVersion } from "../../components/types";
import { findOnHost } from "../nginx/files";
import type { Scope } from "../nginx/scope";
import type { CertificateSettings, TlsSettings } from "../settings";
import { readAnswerHeaders, readCors } from "./answers";
import { toProjectPath } from "./front";
import { readAccess } from "./guards";
import { readLimits } from "./limits";
import { nameDirective, type Reading, use } from "./routing";

/** The balancer's own settings, by those of the server that clients reach first. */
export function readBalancer(servers: Scope[], reading: Reading): void {
  const { context, front, main } = reading;
  const { balancer } = context.settings;
  const { report } = context;
  Object.assign(balancer, readLimits(main, reading));
  const access = readAccess(main, reading);
  if (access !== undefined) balancer.access = access;
  const headers = readAnswerHeaders([main, front.http, ...main.blocks("location")], reading);
  if (Object.keys(headers).length > 0) balancer.headers = headers;
  const cors = readCors(main, reading);
  if (cors !== undefined) balancer.cors = cors;
  if (use(reading, main, "gzip")?.args[0] === "off") balancer.compression = { gzip: false };
  const proxies = main.all("set_real_ip_from");
  use(reading, main, "set_real_ip_from");
  const header = use(reading, main, "real_ip_header")?.args[0];
  if (proxies.length > 0)
    balancer.trustedProxies = {
      addresses: proxies.map(({ args }) => args[0] ?? "").filter((address) => !address.startsWith("unix")),
      ...(header === undefined || header === "X-Forwarded-For" ? {} : { header }),
    };
  const log = use(reading, main, "access_log");
  if (log?.args[0] === "off") balancer.accessLog = { format: LogFormat.Off };
  else if (log !== undefined && (log.args[1] === "combined" || log.args[1] === "main"))
    balancer.accessLog = { format: LogFormat.Combined };
  else if (log?.args[1] !== undefined)
    report.change(
      log.place,
      nameDirective(log),
      "lines are JSON, with the replica, its time and its status (docs/balancer.md#seeing-what-it-does).",
    );
  readErrorPage(reading);
  const secured = servers.filter(isSecured);
  if (secured.length > 0) balancer.tls = readTls(secured, servers, reading);
  readPorts(secured, reading);
}

/** Whether a server answers over TLS. */
export function isSecured(server: Scope): boolean {
  return (
    server.own("listen").some(({ args }) => args.includes("ssl") || /(?:^|:)443$/.test(args[0] ?? "")) ||
    server.own("ssl")[0]?.args[0] === "on"
  );
}

/** The ports that a server listens on. */
export function portsOf(server: Scope): { port: number; isSecured: boolean }[] {
  const lines = server.own("listen");
  if (lines.length === 0) return [{ port: 80, isSecured: false }];
  return lines.map(({ args }) => ({
    port: Number(/(?:^|:)(\d+)$/.exec(args[0] ?? "")?.[1] ?? 80),
    isSecured: args.includes("ssl") || /(?:^|:)443$/.test(args[0] ?? ""),
  }));
}

/** The host's ports: those that Compose publishes, or else those that Nginx listens on. */
function readPorts(secured: Scope[], reading: Reading): void {
  const { context, front, main } = reading;
  const { balancer } = context.settings;
  const lines = front.unit?.services[0].fields.ports ?? [];
  const service = front.unit?.services[0];
  const published = (port: number): number | undefined =>
    service === undefined ? port : lines.find(({ target }) => target === port)?.published;
  const servers = front.http.blocks("server");
  const ports = servers.flatMap(portsOf);
  const plain = ports.find(({ isSecured: over }) => !over)?.port;
  const over = secured.flatMap(portsOf).find(({ isSecured: each }) => each)?.port ?? 443;
  const plainPort = plain === undefined ? undefined : published(plain);
  if (plainPort !== undefined) balancer.port = plainPort;
  if (balancer.tls !== undefined) {
    const port = published(over);
    if (port !== undefined) balancer.tls = { port, ...balancer.tls };
    else if (service !== undefined) delete balancer.tls;
    if (plainPort === undefined && port === 443) balancer.port = 80;
  }
  const line = lines.find(({ published: each }) => each === balancer.port);
  if (line?.address !== undefined && line.address !== "0.0.0.0") balancer.address = line.address;
  const place = service?.placeOf("ports") ?? main.own("listen")[0]?.place;
  if (place !== undefined)
    context.report.take(
      place,
      service === undefined ? "listen" : `${service.name}.ports`,
      "balancer",
      balancer.tls === undefined ? "port" : "port, tls.port",
    );
  for (const { target, published: host } of lines)
    if (!ports.some(({ port }) => port === target) && host !== undefined && service !== undefined)
      context.report.leave(
        service.placeOf("ports"),
        `${service.name}.ports ${host}:${target}`,
        "no server that was read listens on it. The balancer has one port, and one for TLS.",
      );
}

function readTls(secured: Scope[], servers: Scope[], reading: Reading): TlsSettings {
  const { context } = reading;
  const { report } = context;
  const certificates: CertificateSettings[] = [];
  for (const server of secured) {
    const certificate = use(reading, server, "ssl_certificate");
    const key = use(reading, server, "ssl_certificate_key");
    if (certificate === undefined || key === undefined) continue;
    const [file, keyFile] = [certificate, key].map(({ args }) =>
      toProjectPath(args[0] ?? "", reading.front, context),
    );
    if (file === undefined || keyFile === undefined) {
      report.leave(
        certificate.place,
        nameDirective(certificate),
        "the certificate or its key is no file of the stack's folder, so one is made that no browser trusts. Put both there, keep the key out of Git, and set balancer.tls.certificates: [{ certificateFile, keyFile }].",
      );
      continue;
    }
    const hosts = (server.own("server_name")[0]?.args ?? []).filter(
      (name) => /^(?:\*\.)?[A-Za-z0-9_.-]+$/.test(name) && name !== "_",
    );
    if (certificates.some((each) => each.certificateFile === file)) continue;
    certificates.push({
      certificateFile: file,
      keyFile,
      ...(secured.length > 1 && certificates.length > 0 ? { hosts } : {}),
    });
    report.take(certificate.place, "ssl_certificate", "balancer.tls.certificates");
  }
  const [first = servers[0]] = secured;
  const protocols = first === undefined ? undefined : use(reading, first, "ssl_protocols");
  const isNew =
    protocols !== undefined &&
    protocols.args.length > 0 &&
    protocols.args.every((each) => each === "TLSv1.3");
  const isRedirected =
    servers.some((server) => !isSecured(server) && redirectsToTls(server)) ||
    !servers.some((server) => portsOf(server).some(({ isSecured: over }) => !over));
  const hsts = secured
    .flatMap((server) => [
      ...server.own("add_header"),
      ...server.blocks("location").flatMap((each) => each.own("add_header")),
    ])
    .find(({ args }) => args[0]?.toLowerCase() === "strict-transport-security");
  const text = hsts?.args[1] ?? "";
  const age = Number(/max-age=(\d+)/.exec(text)?.[1] ?? Number.NaN);
  if (hsts !== undefined)
    report.take(hsts.place, "add_header Strict-Transport-Security", "balancer.tls.hsts");
  const authority = first === undefined ? undefined : use(reading, first, "ssl_client_certificate");
  const verify = first === undefined ? undefined : use(reading, first, "ssl_verify_client")?.args[0];
  const authorityFile =
    authority === undefined ? undefined : toProjectPath(authority.args[0] ?? "", reading.front, context);
  const asks = verify === "on" || verify === "optional";
  if (asks && authority !== undefined && authorityFile === undefined)
    report.leave(
      authority.place,
      nameDirective(authority),
      "clients' certificates are not asked for, as the authority's is no file of the stack's folder. Put it there before `up`, and set balancer.tls.clients: { authorityFile }.",
    );
  return {
    ...(certificates.length === 0 ? {} : { certificates }),
    ...(isRedirected ? {} : { redirect: false }),
    ...(isNew ? { minimumVersion: TlsVersion.Tls13 } : {}),
    ...(Number.isInteger(age)
      ? {
          hsts: {
            ...(age === 31_536_000 ? {} : { maxAgeSeconds: Math.min(315_360_000, age) }),
            ...(text.includes("includeSubDomains") ? { includeSubdomains: true } : {}),
            ...(text.includes("preload") ? { preload: true } : {}),
          },
        }
      : {}),
    ...(asks && authorityFile !== undefined
      ? { clients: { authorityFile, ...(verify === "optional" ? { required: false } : {}) } }
      : {}),
  };
}

/** Whether a server does nothing but send clients to TLS. */
export function redirectsToTls(server: Scope): boolean {
  const sends = (scope: Scope): boolean =>
    scope.own("return").some(({ args }) => /^https:\/\//.test(args[1] ?? "")) ||
    scope.own("rewrite").some(({ args }) => /^https:\/\//.test(args[1] ?? ""));
  return (
    sends(server) ||
    server.blocks("location").some((each) => each.head?.args[0] === "/" && sends(each)) ||
    server.blocks("if").some(sends)
  );
}

function readErrorPage(reading: Reading): void {
  const { context, front, main } = reading;
  const { report } = context;
  use(reading, main, "error_page");
  for (const directive of main.all("error_page")) {
    const uri = directive.args.at(-1) ?? "";
    const codes = directive.args.slice(0, -1);
    if (!codes.some((code) => ["502", "503", "504"].includes(code))) {
      report.leave(
        directive.place,
        nameDirective(directive),
        "an application's own failures pass as they are. Let it send the page.",
      );
      continue;
    }
    const location = main.blocks("location").find(({ head }) => head?.args.at(-1) === uri);
    for (const each of location?.directives ?? []) reading.read.add(each);
    if (location?.head !== undefined) reading.read.add(location.head);
    const root = (location ?? main).word("root") ?? "/usr/share/nginx/html";
    const host = findOnHost(front.view, `${root.replace(/\/$/, "")}${uri}`);
    const path = host === undefined ? undefined : context.toProject(host);
    if (host === undefined || path === undefined || readFileSync(host, "utf8").trim() === "")
      report.change(
        directive.place,
        nameDirective(directive),
        "is a page of Flotilla's own, with 503. For yours, set balancer.unavailablePageFile.",
      );
    else {
      context.settings.balancer.unavailablePageFile = path;
      report.take(directive.place, "error_page", "balancer.unavailablePageFile");
    }
  }
}
