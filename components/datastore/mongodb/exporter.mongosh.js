// Measures a server of MongoDB for Prometheus, as a script of its own shell, which is made of Node. Names are those of the usual
// exporter where they mean the same; what a server does not tell is left out. In Node's callbacks nothing waits by itself, as it
// does elsewhere in the shell.
const fs = require("fs");
const http = require("http");
const { FLOTILLA_SERVER: server, FLOTILLA_PASSWORD_FILE: passwordFile, FLOTILLA_PORT: port } = process.env;
let admin;

async function open() {
  if (admin !== undefined) return admin;
  const password = fs.readFileSync(passwordFile, "utf8");
  const options =
    "authSource=admin&directConnection=true&serverSelectionTimeoutMS=3000&socketTimeoutMS=5000&maxPoolSize=2";
  admin = await connect("mongodb://monitoring:" + password + "@" + server + "/admin?" + options);
  return admin;
}

function toNumber(value) {
  if (typeof value === "number") return value;
  const isNumber = ["Long", "Int32", "Double"].includes(value?._bsontype);
  return isNumber ? Number(value.toString()) : undefined;
}

function addOne(figures, type, name, labels, value) {
  const number = toNumber(value);
  if (number !== undefined) figures.push({ type, name: "mongodb_" + name, labels, value: number });
}

// One figure for each number in an object, by its key.
function addAll(figures, type, name, label, numbers = {}) {
  for (const [key, value] of Object.entries(numbers)) addOne(figures, type, name, { [label]: key }, value);
}

function describeServer(
  figures,
  { uptime, connections, opcounters, metrics, mem = {}, network = {}, wiredTiger },
) {
  addOne(figures, "gauge", "ss_uptime", {}, uptime);
  addAll(figures, "gauge", "ss_connections", "conn_type", connections);
  addAll(figures, "counter", "ss_opcounters", "legacy_op_type", opcounters);
  for (const [name, { total, failed }] of Object.entries(metrics?.commands ?? {})) {
    // A server knows some hundred commands, of which few are used.
    if (name === "" || !(toNumber(total) > 0)) continue;
    addOne(figures, "counter", "ss_metrics_commands_total", { cmd_name: name }, total);
    addOne(figures, "counter", "ss_metrics_commands_failed", { cmd_name: name }, failed);
  }
  for (const key of ["resident", "virtual"]) addOne(figures, "gauge", "ss_mem_" + key, {}, mem[key]);
  for (const key of ["bytesIn", "bytesOut", "numRequests"])
    addOne(figures, "counter", "ss_network_" + key, {}, network[key]);
  for (const key of ["bytes currently in the cache", "maximum bytes configured"])
    addOne(figures, "gauge", "ss_wt_cache_" + key.replaceAll(" ", "_"), {}, wiredTiger?.cache?.[key]);
}

function describeSet(figures, { set, members }) {
  const primary = members.find(({ stateStr }) => stateStr === "PRIMARY");
  for (const { name, state, stateStr, health, optimeDate } of members) {
    addOne(figures, "gauge", "rs_members_state", { member_idx: name, member_state: stateStr }, state);
    addOne(figures, "gauge", "rs_members_health", { member_idx: name, member_state: stateStr }, health);
    if (stateStr !== "SECONDARY" || !primary?.optimeDate || !optimeDate) continue;
    const lag = Math.max(0, primary.optimeDate.getTime() - optimeDate.getTime()) / 1000;
    addOne(figures, "gauge", "mongod_replset_member_replication_lag", { name, set, state: stateStr }, lag);
  }
}

// What is not known here, or not allowed, is no reason to tell nothing else.
async function tryCommand(database, command) {
  try {
    return await database.runCommand(command);
  } catch (error) {
    if (error.codeName === undefined) throw error;
    return undefined;
  }
}

async function measure() {
  const figures = [];
  const database = await open();
  const status = await database.runCommand({ serverStatus: 1 });
  addOne(figures, "gauge", "up", {}, 1);
  describeServer(figures, status);
  const set = await tryCommand(database, { replSetGetStatus: 1 });
  if (set?.members !== undefined) describeSet(figures, set);
  const { databases = [] } = (await tryCommand(database, { listDatabases: 1, nameOnly: true })) ?? {};
  for (const { name } of databases) {
    const sizes = await tryCommand(await database.getSiblingDB(name), { dbStats: 1 });
    for (const key of [
      "collections",
      "objects",
      "dataSize",
      "storageSize",
      "indexes",
      "indexSize",
      "totalSize",
    ])
      addOne(figures, "gauge", "dbstats_" + key, { database: name }, sizes?.[key]);
  }
  return figures;
}

function render(figures) {
  const escape = (text) => String(text).replace(/["\\\n]/g, (each) => (each === "\n" ? "\\n" : "\\" + each));
  const told = new Set();
  return figures
    .sort((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0))
    .map(({ type, name, labels, value }) => {
      const head = told.has(name) ? "" : "# TYPE " + name + " " + type + "\n";
      told.add(name);
      const inner = Object.entries(labels)
        .map(([key, text]) => key + '="' + escape(text) + '"')
        .join();
      return head + name + (inner === "" ? "" : "{" + inner + "}") + " " + value + "\n";
    })
    .join("");
}

// Two who ask at once get the same answer.
let measuring;
let fault;
async function answer() {
  measuring ??= measure();
  try {
    const figures = await measuring;
    fault = undefined;
    return render(figures);
  } catch (error) {
    if (fault !== error.message) console.error(error.message);
    fault = error.message;
    return render([{ type: "gauge", name: "mongodb_up", labels: {}, value: 0 }]);
  } finally {
    measuring = undefined;
  }
}

http
  .createServer(async ({ url }, response) => {
    response.setHeader("content-type", "text/plain; version=0.0.4");
    if (url === "/metrics") response.end(await answer());
    else if (url === "/") response.end("Figures are at /metrics.\n");
    else response.writeHead(404).end();
  })
  .listen(Number(port));
process.on("SIGTERM", () => process.exit(0));
// The shell ends with its script.
for (;;) sleep(3600000);
