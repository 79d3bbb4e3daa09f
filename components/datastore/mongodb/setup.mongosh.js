// Initiates the replica set, and makes users, indexes and seeds as `task` lists them; what is there stays.
// In the shell's own dialect, in which calls of the server need no await. Its loops, not its functions on lists, wait for them.
const fs = require("fs");
// Passwords are lost with the stack's state, but the data are not: the administrator's stays beside them.
const keptFile = "/data/db/.flotilla-administrator";
const own = "127.0.0.1:27017";
const set = task.replicaSet === undefined ? "" : "&replicaSet=" + task.replicaSet;

function signIn(user, password, hosts, source, options) {
  const credentials = encodeURIComponent(user) + ":" + encodeURIComponent(password);
  try {
    // Returned at once, it would fail outside of this block.
    const database = connect(
      "mongodb://" + credentials + "@" + hosts + "/" + source + "?authSource=" + source + options,
    );
    return database;
  } catch (error) {
    if (error.code === 18) return null;
    throw error;
  }
}

function signInAdministrator(hosts, options) {
  const kept = fs.existsSync(keptFile) ? [fs.readFileSync(keptFile, "utf8")] : [];
  for (const password of [task.administrator, ...kept]) {
    const admin = signIn("administrator", password, hosts, "admin", options);
    if (admin !== null) return { admin, password };
  }
  throw new Error(
    "The administrator has another password than the one of the stack, and the one that is kept with the data.",
  );
}

function initiateSet() {
  const direct = connect("mongodb://" + own + "/admin?directConnection=true");
  let last = "";
  for (let second = 0; second < 60; second += 1) {
    if (direct.hello().setName === task.replicaSet) return;
    try {
      // With an empty volume, it is a member again as soon as one of the others finds it.
      const { admin } = signInAdministrator(own, "&directConnection=true");
      const members = task.hosts.map((host, index) => ({ _id: index, host }));
      admin.adminCommand({ replSetInitiate: { _id: task.replicaSet, members } });
    } catch (error) {
      last = error.message;
    }
    sleep(1000);
  }
  throw new Error("The replica set cannot be initiated. " + last);
}

function makeUser(base, { user, password, roles }) {
  if (signIn(user, password, task.hosts.join(","), base.getName(), set) !== null) return;
  const description = { pwd: password, roles, mechanisms: ["SCRAM-SHA-256"] };
  if (base.getUser(user) === null) base.createUser({ user, ...description });
  else base.updateUser(user, description);
}

function makeUsers(admin, app) {
  for (const each of task.users) {
    if (each.password !== undefined) makeUser(admin, each);
    else if (admin.getUser(each.user) !== null) admin.dropUser(each.user);
  }
  const roles = [{ role: "readWrite", db: task.database }];
  makeUser(app, { user: "app_v" + task.version, password: task.current, roles });
  for (const { user: other } of app.getUsers().users) {
    const version = Number((/^app_v([0-9]+)$/.exec(other) ?? [])[1] ?? task.version);
    if (version !== task.version && version !== task.version - 1) app.dropUser(other);
  }
}

function makeIndexes(app) {
  const faults = [];
  for (const { collection, keys, options } of task.indexes) {
    try {
      app.getCollection(collection).createIndex(Object.fromEntries(keys), options);
    } catch (error) {
      const name = options.name ?? keys.map((key) => key.join("_")).join("_");
      faults.push("The index " + name + " of " + collection + " cannot be made: " + error.message);
    }
  }
  if (faults.length > 0) throw new Error(faults.join("\n"));
}

function runSeeds(app) {
  const done = app.getCollection("flotilla_seeds");
  for (const { name, text } of task.seeds) {
    if (done.findOne({ _id: name }) !== null) continue;
    const file = "/tmp/flotilla-seed.js";
    fs.writeFileSync(file, text, { mode: 0o600 });
    db = app;
    try {
      load(file);
    } catch (error) {
      throw new Error("The seed " + name + " failed, and runs again the next time: " + error.message);
    } finally {
      fs.unlinkSync(file);
    }
    done.insertOne({ _id: name, at: new Date() });
  }
}

try {
  if (task.replicaSet !== undefined) initiateSet();
  const { admin, password } = signInAdministrator(task.hosts.join(","), set);
  if (task.replicaSet !== undefined)
    admin.adminCommand({
      setDefaultRWConcern: 1,
      defaultWriteConcern: { w: "majority" },
      writeConcern: { w: "majority" },
    });
  if (password !== task.administrator) admin.updateUser("administrator", { pwd: task.administrator });
  fs.writeFileSync(keptFile, task.administrator, { mode: 0o600 });
  const app = admin.getSiblingDB(task.database);
  makeUsers(admin, app);
  makeIndexes(app);
  runSeeds(app);
} catch (error) {
  console.error(error.message);
  quit(1);
}
