import { byServer, type MeasuredEngine } from "./figures";

const used = `max ${byServer} (redis_memory_used_bytes)`;

export const redis: MeasuredEngine = {
  figures: (window) => ({
    up: `min ${byServer} (redis_up)`,
    operations: `sum ${byServer} (rate(redis_commands_processed_total[${window}]))`,
    connections: `max ${byServer} (redis_connected_clients)`,
    mostConnections: `max ${byServer} (redis_max_clients)`,
    data: used,
    memory: `${used} / (max ${byServer} (redis_memory_max_bytes) > 0)`,
    lag: `max ${byServer} (redis_master_last_io_seconds_ago)`,
  }),
  alerts: [],
};
