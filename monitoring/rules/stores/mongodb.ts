import { byServer, type MeasuredEngine } from "./figures";

// Each member of a set knows how far the others are: the label is of the one that lags.
const lagging = `label_replace(mongodb_mongod_replset_member_replication_lag, "server", "$1", "name", "(.+):[0-9]+")`;

export const mongodb: MeasuredEngine = {
  figures: (window) => ({
    up: `min ${byServer} (mongodb_up)`,
    operations: `sum ${byServer} (rate(mongodb_ss_metrics_commands_total[${window}]))`,
    connections: `max ${byServer} (mongodb_ss_connections{conn_type="current"})`,
    mostConnections: `sum ${byServer} (mongodb_ss_connections{conn_type=~"current|available"})`,
    data: `sum ${byServer} (mongodb_dbstats_totalSize)`,
    lag: `max ${byServer} (${lagging})`,
  }),
  alerts: [],
};
