import { type EngineExporter, monitoringUser } from "../exporters";
import { shellSettings } from "./shell";
import { derivePassword } from "../recipe";
import { exporterMongoshJs } from "./texts";

const port = 9216;
const script = "/etc/flotilla/exporter.js";
const passwordFile = "/etc/flotilla/monitoring-password";

/** Measures a server of MongoDB by the shell in its own image, which has no other tool to ask the exporter either. */
export function measureMongodb(server: string): EngineExporter {
  return {
    server,
    port,
    user: "mongodb",
    command: ["mongosh", "--quiet", "--norc", "--nodb", "--file", script],
    env: {
      HOME: "/tmp",
      FLOTILLA_SERVER: `${server}:27017`,
      FLOTILLA_PORT: String(port),
      FLOTILLA_PASSWORD_FILE: passwordFile,
    },
    health: `bash -c 'exec 3<>/dev/tcp/127.0.0.1/${port} && printf "GET / HTTP/1.0\\r\\n\\r\\n" >&3 && grep -q "200 OK" <&3'`,
    healthTimes: { intervalSeconds: 15 },
    files: (secrets) => ({
      ...shellSettings,
      [script]: exporterMongoshJs,
      [passwordFile]: derivePassword(secrets, monitoringUser),
    }),
    limits: { cpus: 0.25, memoryMiB: 256 },
  };
}
