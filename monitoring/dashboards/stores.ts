import type { Dashboard, Query } from "./model";
import { graph, query, stat, timeline, works, worse } from "./panels";

const chosen = '{store=~"$store"}';
const server = "{{store}}/{{server}}";
const byServer = (figure: string): Query[] => [query(`${figure}${chosen}`, server)];

/** The datastores, and their backups. */
export const stores: Dashboard = {
  name: "stores",
  title: "Flotilla: datastores",
  description: "Operations, connections, memory and lag of datastores, and their backups.",
  choices: [{ label: "store", of: "store:up:bool" }],
  range: "1h",
  panels: [
    timeline("Servers", byServer("store:up:bool"), { names: works }),
    graph("Operations", "ops", byServer("store:operations:rate"), {
      description: "Commands of Redis, transactions of PostgreSQL.",
    }),
    graph("Connections", "short", byServer("store:connections:count")),
    graph("Connections of those there may be", "percentunit", byServer("store:connections:ratio"), {
      max: 1,
    }),
    graph("Data", "bytes", byServer("store:data:bytes")),
    graph("Memory of what it may use", "percentunit", byServer("store:memory:ratio"), { max: 1 }),
    graph("Copies are behind by", "s", byServer("store:lag:seconds")),
    graph("Backups that failed, within a day", "short", [
      query(`increase(flotilla_backup_failures_total${chosen}[1d])`, "{{store}}"),
    ]),
    stat(
      "Since the last good backup",
      "s",
      [
        query(
          `time() - max by (store) (flotilla_backup_last_success_timestamp_seconds${chosen})`,
          "{{store}}",
        ),
      ],
      { steps: worse(25 * 3600, 26 * 3600), nothing: "no backups" },
    ),
    stat("Size of the last good backup", "bytes", [
      query(`max by (store) (flotilla_backup_last_success_size_bytes${chosen})`, "{{store}}"),
    ]),
    stat("The last backup took", "s", [
      query(`max by (store) (flotilla_backup_last_attempt_duration_seconds${chosen})`, "{{store}}"),
    ]),
    stat("Backups there are", "short", [
      query(`max by (store) (flotilla_backup_stored${chosen})`, "{{store}}"),
    ]),
  ],
};
