import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { renderLook } from "../../../../../components/service/options/health-check/render";
import { healthCheck } from "../../../../../components/service/options/health-check/schema";

let server: Server;
let port: number;
const requests: string[] = [];

/** Answers a path with the status that it starts with; /silent with nothing. */
beforeAll(async () => {
  server = createServer((request, response) => {
    requests.push(request.url ?? "");
    if (request.url === "/silent") return;
    const status = Number(/^\/(\d{3})/.exec(request.url ?? "")?.[1] ?? "200");
    response
      .writeHead(status, status === 302 ? { location: "/503" } : {})
      .end(status === 204 ? "" : "text\n");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** The real program of a name; a version manager's stand-in would need more than itself. */
function locate(program: string): string | undefined {
  try {
    if (program === "python3")
      return execFileSync("python3", ["-c", "import sys;print(sys.executable)"], { encoding: "utf8" }).trim();
    if (program === "node") return process.execPath;
    return realpathSync(execFileSync("sh", ["-c", `command -v ${program}`], { encoding: "utf8" }).trim());
  } catch {
    return undefined;
  }
}

/** Runs the check in a shell that finds these programs alone. */
async function check(
  folder: string,
  path: string,
  { at = port, proxy = {} }: { at?: number; proxy?: Record<string, string> } = {},
): Promise<{ code: number | null; output: string }> {
  requests.length = 0;
  const script = renderLook(
    { ...healthCheck.parse({ timeoutSeconds: path === "/silent" ? 2 : 10 }), path },
    at,
  );
  const env = { PATH: folder, HOME: "/home/of/nobody", ...proxy };
  const child = spawn(join(folder, "sh"), ["-c", script], { env });
  let output = "";
  const collect = (chunk: Buffer): void => {
    output += chunk.toString("utf8");
  };
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, output };
}

function makeFolder(programs: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "flotilla-clients-"));
  for (const program of ["sh", "timeout", ...programs]) {
    const found = locate(program);
    if (found !== undefined) symlinkSync(found, join(folder, program));
  }
  return folder;
}

const clients = ["curl", "wget", "bash", "node", "python3"].map((client) => ({
  client,
  missing: locate(client) === undefined,
}));

for (const { client, missing } of clients) {
  describe.skipIf(missing)(`an image that has only ${client}`, () => {
    let folder: string;

    beforeAll(() => {
      folder = makeFolder([client]);
    });

    afterAll(() => {
      rmSync(folder, { recursive: true });
    });

    test.each(["/200", "/204"])("is healthy when %s answers", async (path) => {
      expect(await check(folder, path)).toMatchObject({ code: 0 });
      expect(requests).toEqual([path]);
    });

    test("is healthy when it is sent elsewhere, wherever that is", async () => {
      expect(await check(folder, "/302")).toMatchObject({ code: 0 });
      expect(requests).toEqual(["/302"]);
    });

    test.each(["/404", "/500", "/503"])("is not healthy when %s answers", async (path) => {
      const { code } = await check(folder, path);
      expect(code).not.toBe(0);
      expect(requests).toContain(path);
    });

    test("is not healthy when nobody listens", async () => {
      expect((await check(folder, "/200", { at: 9 })).code).not.toBe(0);
    });

    test("is not healthy when there is no answer in time", async () => {
      expect((await check(folder, "/silent")).code).not.toBe(0);
    });

    test("asks the replica itself, whatever proxy its environment names", async () => {
      const nowhere = "http://127.0.0.1:9";
      const proxy = { http_proxy: nowhere, HTTP_PROXY: nowhere, ALL_PROXY: nowhere };
      expect(await check(folder, "/200", { proxy })).toMatchObject({ code: 0 });
    });

    test.each(["/200?a=%20b&c=%26", "/200/$HOME", "/200/(a);b&c=d"])(
      "asks for %s to the letter",
      async (path) => {
        expect(await check(folder, path)).toMatchObject({ code: 0 });
        expect(requests).toEqual([path]);
      },
    );
  });
}

test("an image without any of them says what to set", async () => {
  const folder = makeFolder([]);
  const { code, output } = await check(folder, "/200");
  rmSync(folder, { recursive: true });
  expect(code).toBe(1);
  expect(output).toContain("set healthCheck.command");
});
