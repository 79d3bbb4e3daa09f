import { type EngineExporter, monitoringUser } from "../exporters";
import { derivePassword } from "../recipe";

const passwordFile = "/etc/flotilla/passwords.json";

/** Measures a Redis server; its image has no shell that a health check could use. */
export function measureRedis(server: string): EngineExporter {
  return {
    image: "oliver006/redis_exporter:v1.86.0",
    server,
    port: 9121,
    env: {
      REDIS_ADDR: `redis://${server}:6379`,
      REDIS_USER: monitoringUser,
      REDIS_PASSWORD_FILE: passwordFile,
      // Settings may hold secrets, so that its user may not read them.
      REDIS_EXPORTER_CONFIG_COMMAND: "-",
    },
    files: (secrets) => ({
      [passwordFile]: JSON.stringify({
        [`redis://${monitoringUser}@${server}:6379`]: derivePassword(secrets, monitoringUser),
      }),
    }),
  };
}
