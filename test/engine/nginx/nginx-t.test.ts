import { spawn } from "node:child_process";
import { describe, expect, test } from "vitest";
import { ownValues } from "../../../deploy/control";
import { ownPlaceSh } from "../../../deploy/texts";
import { composeShell } from "../../../engine/shell";
import { renderFiles } from "../../../nginx/files";
import { noMember, renderMember } from "../../../nginx/members";
import type { Balancer, Member } from "../../../nginx/model";
import { renderNginx } from "../../../nginx/render";
import { ticketKeys } from "../../../nginx/tls";
import { balancers, minimalBalancer, toMember } from "../../support/balancers";
import { tellTests } from "../support/tell-tests";

tellTests();

const image = "nginx:1.30.4";

/** What `nginx -t` says of settings, in a container of its own. */
function checkSettings(
  balancer: Balancer,
  members: Member[],
  settings = renderNginx(balancer),
): Promise<{ code: number | null; output: string }> {
  const files = {
    "nginx.conf": settings,
    ...renderFiles(balancer),
    ...Object.fromEntries(
      balancer.upstreams.flatMap((upstream) =>
        ["members", "uncounted"].map((folder) => [
          `${folder}/${upstream.name}.conf`,
          (members.length === 0 ? [noMember] : members.map((each) => renderMember(each, upstream))).join(
            "\n",
          ),
        ]),
      ),
    ),
    "generation.conf": 'return 200 "0";',
    "names.conf": "172.18.0.3:3000 api-1;",
    // With the end of its line a key has 80 bytes.
    ...Object.fromEntries(ticketKeys.map((file) => [file, "-".repeat(79)])),
  };
  const script = [
    "mkdir -p /tmp/flotilla /var/cache/nginx",
    "cd /tmp/flotilla",
    ...Object.entries(files).map(
      ([file, text]) => `mkdir -p $(dirname ${file}); cat > ${file} <<'END_OF_FILE'\n${text}\nEND_OF_FILE`,
    ),
    ...(balancer.tls === undefined ? [] : [makeCertificates(balancer)]),
    composeShell(ownValues, ownPlaceSh),
    "nginx -t -c /tmp/flotilla/nginx.conf",
  ].join("\n");
  return new Promise((resolve, reject) => {
    const args = ["run", "--rm", "-i", "--network=none", "--entrypoint=sh", image, "-es"];
    const child = spawn("docker", args, { stdio: ["pipe", "pipe", "pipe"] });
    let output = "";
    const collect = (chunk: Buffer): void => {
      output += chunk.toString("utf8");
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.on("error", reject);
    child.stdin.on("error", () => undefined);
    child.stdin.end(script);
    child.on("close", (code) => {
      resolve({ code, output });
    });
  });
}

function makeCertificates({ tls }: Balancer): string {
  const make = (certificate: string, key: string): string =>
    `mkdir -p certificates; openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 9 -subj /CN=test -keyout ${key} -out ${certificate} 2>/dev/null`;
  return [
    ...(tls?.certificates ?? []).map(({ certificate, key }) => make(certificate, key)),
    ...(tls?.clients === undefined ? [] : [make(tls.clients.authority, "/dev/null")]),
  ].join("\n");
}

describe("a real Nginx", () => {
  test.each(Object.entries(balancers))(
    "takes %s, before any replica has joined and after",
    async (_, balancer) => {
      for (const members of [
        [],
        [toMember("api-1"), { ...toMember("api-2"), weight: 3, maxConnections: 9 }],
      ]) {
        const { code, output } = await checkSettings(balancer, members);
        expect(output).toContain("test is successful");
        expect(output).not.toContain("[warn]");
        expect(code).toBe(0);
      }
    },
  );

  test("refuses settings with a mistake", async () => {
    const settings = renderNginx(minimalBalancer).replace("http {", "http {\n  clientmaxbody 1m;");
    const { code, output } = await checkSettings(minimalBalancer, [], settings);
    expect(output).toContain('unknown directive "clientmaxbody"');
    expect(code).not.toBe(0);
  });
});
