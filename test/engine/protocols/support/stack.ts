import { cpSync } from "node:fs";
import { join } from "node:path";
import tls from "node:tls";
import { once } from "node:events";
import { beforeAll } from "vitest";
import { buildGo, findGoObstacle } from "../../../load/go";
import { findFreePort } from "../../support/ports";
import type { PoolSettings } from "../../support/settings";
import { useWorkspace } from "../../support/use-workspace";
import type { Workspace } from "../../support/workspace";

/** A stack with all that clients can speak, and how it is reached. */
export interface ProtocolStack {
  workspace: Workspace;
  /** Address over TLS, for HTTP/2. */
  secureUrl: string;
  /** Certificate that the balancer shows. */
  ca: string;
}

const application = "/app/application.js";

/** A pool of the application, with the defaults of its health check, of its update and of its balancing. */
function pool(port: number, { env, ...settings }: PoolSettings = {}): PoolSettings {
  return {
    ...{ image: "node:24-slim", port, command: ["node", application] },
    files: { [application]: "application.js" },
    env: { VERSION: "1", PORT: String(port), ...env },
    ...settings,
  };
}

const isListening =
  "node -e \"require('net').connect(50051, '127.0.0.1').on('connect', () => process.exit(0)).on('error', () => process.exit(1))\"";

/** Deploys the stack for the tests of a file. */
export function useProtocolStack(
  name: string,
  settings: PoolSettings = {},
  balancer: Record<string, unknown> = {},
): () => ProtocolStack {
  const workspace = useWorkspace({
    ...{ name, balancer },
    pools: {
      web: pool(3000, { replicas: 2, env: { UPSTREAM_URL: "http://worker:5000/" }, ...settings }),
      sticky: pool(3000, { replicas: 2, balancing: { sticky: {} }, ...settings }),
      hashed: pool(3000, {
        replicas: 2,
        balancing: { method: "hash", hashKey: "$arg_user", holdSeconds: 10 },
        ...settings,
      }),
      rpc: pool(50_051, {
        replicas: 2,
        env: { SPEAKS: "grpc" },
        healthCheck: { command: isListening },
        ...settings,
      }),
      worker: pool(5000, { replicas: 2, reachableFrom: ["web"], ...settings }),
    },
    settings: {
      routes: [
        { path: "/", pool: "web" },
        { path: "/events", pool: "web", stream: {} },
        { path: "/sticky", pool: "sticky" },
        { path: "/hashed", pool: "hashed" },
        { path: "/shop.Orders/", pool: "rpc", protocol: "grpc" },
      ],
    },
  });
  let secure = 0;
  let ca = "";
  beforeAll(async () => {
    if (findGoObstacle() === undefined) buildGo();
    secure = await findFreePort();
    cpSync(join(__dirname, "application.js"), join(workspace().folder, "application.js"));
    workspace().configure((all) => {
      all.balancer = { ...all.balancer, address: "127.0.0.1", tls: { port: secure, redirect: false } };
    });
    await workspace().deploy();
    ca = await readCertificate(secure);
  });
  return () => ({ workspace: workspace(), secureUrl: `https://127.0.0.1:${secure}`, ca });
}

/** The certificate for development vouches for itself. */
async function readCertificate(port: number): Promise<string> {
  const socket = tls.connect({ host: "127.0.0.1", port, rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const certificate = socket.getPeerX509Certificate()?.toString() ?? "";
  socket.destroy();
  return certificate;
}
