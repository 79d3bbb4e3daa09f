import { type EngineExporter, monitoringUser } from "../exporters";
import { derivePassword } from "../recipe";

const passwordFile = "/etc/flotilla/monitoring-password";

/** Measures a PostgreSQL server, and the tables of its database. */
export function measurePostgres(server: string, database: string): EngineExporter {
  return {
    image: "prometheuscommunity/postgres-exporter:v0.19.1",
    server,
    port: 9187,
    env: {
      DATA_SOURCE_URI: `${server}:5432/${database}?sslmode=disable`,
      DATA_SOURCE_USER: monitoringUser,
      DATA_SOURCE_PASS_FILE: passwordFile,
    },
    health: "wget -q -O /dev/null http://127.0.0.1:9187/",
    files: (secrets) => ({ [passwordFile]: derivePassword(secrets, monitoringUser) }),
  };
}
