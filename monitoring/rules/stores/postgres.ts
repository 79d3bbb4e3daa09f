import { byServer, type MeasuredEngine } from "./figures";

export const postgres: MeasuredEngine = {
  figures: (window) => ({
    up: `min ${byServer} (pg_up)`,
    operations: `sum ${byServer} (rate(pg_stat_database_xact_commit[${window}]))`,
    connections: `sum ${byServer} (pg_stat_database_numbackends)`,
    mostConnections: `max ${byServer} (pg_settings_max_connections)`,
    data: `sum ${byServer} (pg_database_size_bytes)`,
    lag: `max ${byServer} (pg_replication_lag_seconds)`,
  }),
  alerts: [],
};
