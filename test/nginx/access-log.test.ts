import { expect, test } from "vitest";
import { accessLogFormat, wholeBytes } from "../../nginx/access-log";
import { renderNginx } from "../../nginx/render";
import { minimalBalancer } from "../support/balancers";

/** The longest values of what clients do not choose. */
const longest: Record<string, number> = {
  time_iso8601: 25,
  // Of twenty bytes each may be one that is escaped.
  asked_method: 40,
  time_local: 26,
  request_identity: 128,
  remote_addr: 45,
  status: 3,
  body_bytes_sent: 20,
  request_time: 12,
  upstream_cache_status: 11,
  // A part of a container's name, which is a host's.
  replica_title: 63,
};

test.each(["json", "combined"] as const)(
  "no line of the %s log is longer than a pipe takes whole",
  (format) => {
    const text = accessLogFormat(format).join("\n");
    const kept = new Map(
      [...text.matchAll(/map \$(\w+) [^}]*"~\^\(\.\{(\d+)\}\)\."/g)].map(([, name = "", bytes]) => [
        `logged_${name}`,
        // Each byte that a client chose may be one that is escaped by another.
        (name.startsWith("upstream_") ? 1 : 2) * Number(bytes) + "...".length,
      ]),
    );
    const [, pattern = ""] = /log_format flotilla escape=json\n([^;]*);/.exec(text) ?? [];
    const parts = [...pattern.matchAll(/'([^']*)'/g)].map(([, part]) => part).join("");
    const line = parts.replaceAll(/\$(\w+)/g, (_, name: string) => {
      const length = kept.get(name) ?? longest[name];
      if (length === undefined) throw new Error(`How long $${name} may be is not known.`);
      return "x".repeat(length);
    });
    expect(line.length).toBeGreaterThan(1000);
    expect(line.length + "\n".length).toBeLessThanOrEqual(wholeBytes);
  },
);

test("lines are written when a pipe's fill is gathered, or after a second", () => {
  for (const format of ["json", "combined"] as const)
    expect(renderNginx({ ...minimalBalancer, accessLog: { format, sample: 1 } })).toContain(
      "access_log /dev/stdout flotilla buffer=4096 flush=1s if=$is_logged;",
    );
});
