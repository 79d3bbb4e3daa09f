import { isOlder, type NginxVersion } from "../../../nginx/version";
import { asRecord, type Problem } from "../../arguments/problems";
import { balancerVersion, parseVersion } from "./nginx-version";
import { defaultPublishedPort, defaultTlsPort } from "../published-ports";
import { listPools, type RawPool } from "../../arguments/raw-args";
import { checkCors } from "../options/route/rules";

/** Finds what is wrong with how requests are balanced, in data whose own shape may be wrong too. */
export function findBalancerProblems(args: unknown): Problem[] {
  const balancer = asRecord(asRecord(args)?.balancer) ?? {};
  const pools = listPools(args);
  return [
    ...checkVersion(balancer, pools),
    ...checkPorts(balancer),
    ...checkPlainHttp(balancer),
    ...checkCors(["balancer", "cors"], balancer.cors),
    ...pools.flatMap((pool) => [
      ...checkHashKey(pool),
      ...checkBackups(pool),
      ...checkActiveHealth(pool),
      ...checkCookie(pool),
    ]),
  ];
}

/** Names of upstream replicas are followed since then. */
const oldest: NginxVersion = [1, 28, 0];
const stickySince: NginxVersion = [1, 29, 6];

function checkVersion({ version, image }: Record<string, unknown>, pools: RawPool[]): Problem[] {
  const isGiven = typeof version === "string" && parseVersion(version) !== undefined;
  const found = balancerVersion({
    ...(isGiven ? { version } : {}),
    ...(typeof image === "string" ? { image } : {}),
  });
  const at = isGiven || image === undefined ? "version" : "image";
  const value = isGiven ? version : image;
  if (isOlder(found, oldest)) {
    const remedy = "Older ones do not follow a replica's new address.";
    return [{ path: ["balancer", at], value, rule: "be Nginx 1.28 or newer", remedy }];
  }
  if (!isOlder(found, stickySince)) return [];
  return pools
    .filter(({ fields }) => fields.sticky !== undefined)
    .map(({ path }) => ({
      path: [...path, "sticky"],
      value: `Nginx ${found.filter((part) => part !== 99).join(".")}`,
      rule: "be left out below Nginx 1.29.6",
      remedy: "Use a newer Nginx, or the method ip_hash or hash.",
    }));
}

function checkPorts(balancer: Record<string, unknown>): Problem[] {
  const tls = asRecord(balancer.tls);
  if (tls === undefined) return [];
  const { port = defaultTlsPort } = tls;
  const { port: plain = defaultPublishedPort } = balancer;
  if (port !== plain) return [];
  const remedy = "Plain HTTP and TLS need a port each.";
  return [{ path: ["balancer", "tls", "port"], value: port, rule: "differ from balancer.port", remedy }];
}

function checkPlainHttp(balancer: Record<string, unknown>): Problem[] {
  const { redirect, clients } = asRecord(balancer.tls) ?? {};
  const { required = true } = asRecord(clients) ?? { required: false };
  if (redirect !== false || required !== true) return [];
  const rule = "be true where clients must show certificates";
  const remedy = "Over plain HTTP nobody shows one: remove it, or set clients.required to false.";
  return [{ path: ["balancer", "tls", "redirect"], value: redirect, rule, remedy }];
}

function checkHashKey({ path, fields: { method, hashKey } }: RawPool): Problem[] {
  if ((method === "hash") === (hashKey !== undefined)) return [];
  return method === "hash"
    ? [
        {
          path: [...path, "hashKey"],
          value: hashKey,
          rule: "be set where method is hash",
          remedy: "Name what requests for the same replica have in common, like $cookie_user.",
        },
      ]
    : [
        {
          path: [...path, "hashKey"],
          value: hashKey,
          rule: "be left out unless method is hash",
          remedy: "Set method to hash, or remove it.",
        },
      ];
}

function checkBackups({ path, fields: { method, backups, replicas = 1 } }: RawPool): Problem[] {
  if (typeof backups !== "number" || backups === 0) return [];
  const at = [...path, "backups"];
  const problems: Problem[] = [];
  if (typeof replicas === "number" && backups >= replicas) {
    const remedy = "One replica at least must be no backup.";
    problems.push({ path: at, value: backups, rule: `be less than replicas (${replicas})`, remedy });
  }
  if (typeof method === "string" && ["hash", "ip_hash", "random"].includes(method)) {
    const remedy = "Nginx has no backups with it: use least_conn or round-robin.";
    problems.push({ path: at, value: backups, rule: `be left out where method is ${method}`, remedy });
  }
  return problems;
}

function checkActiveHealth({ path, fields }: RawPool): Problem[] {
  const { intervalSeconds = 10, timeoutSeconds } = asRecord(fields.activeHealth) ?? {};
  if (typeof intervalSeconds !== "number" || typeof timeoutSeconds !== "number") return [];
  if (timeoutSeconds <= intervalSeconds) return [];
  return [
    {
      path: [...path, "activeHealth", "timeoutSeconds"],
      value: timeoutSeconds,
      rule: `be at most intervalSeconds (${intervalSeconds})`,
      remedy: "Or one question would not be over when the next is asked.",
    },
  ];
}

function checkCookie({ path, fields }: RawPool): Problem[] {
  const { secure, sameSite } = asRecord(fields.sticky) ?? {};
  if (sameSite !== "none" || secure !== false) return [];
  const remedy = "Browsers take such a cookie over TLS alone.";
  return [
    { path: [...path, "sticky", "secure"], value: secure, rule: "be true where sameSite is none", remedy },
  ];
}
