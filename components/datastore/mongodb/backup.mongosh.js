// Parts of a backup that mongodump and mongorestore do not do. `task` says where the server is; the environment says what it
// shall do, as whom, and the file for its answer.
// In the shell's own dialect, in which calls of the server need no await. Its loops, not its functions on lists, wait for them.
const fs = require("fs");
const { FLOTILLA_PART: part, FLOTILLA_USER: user, FLOTILLA_LOG: log, FLOTILLA_ANSWER: answer } = process.env;
// What is restored is beside the application's own collections, until all of it is there, which a document says.
const mark = "flotilla_restored";
const side = mark + "_";

function open() {
  if (user === "nobody") return connect("mongodb://127.0.0.1:" + task.scratchPort + "/" + task.database);
  const password = fs.readFileSync("/etc/flotilla/" + user + "-password", "utf8");
  const options = task.query + "&w=majority&journal=true&serverSelectionTimeoutMS=5000";
  return connect(
    "mongodb://" + user + ":" + password + "@" + task.hosts.join() + "/" + task.database + "?" + options,
  );
}

function isSide({ name }) {
  return name.startsWith(mark);
}

function listOwn(app) {
  return app.getCollectionInfos().filter((each) => !isSide(each) && !each.name.startsWith("system."));
}

function countIndexes(app, name) {
  return "indexes of " + name + " " + app.getCollection(name).getIndexes().length;
}

function count(app) {
  const lines = [];
  for (const { name, type } of listOwn(app)) {
    if (type === "view") lines.push("view " + name + " 1");
    else lines.push(name + " " + app.getCollection(name).countDocuments({}), countIndexes(app, name));
  }
  return lines;
}

// Documents are those that mongodump has written: others may come while it works.
function countDumped(app) {
  const said = fs.readFileSync(log, "utf8").matchAll(/done dumping `?(.+?)`? \((\d+) documents?\)$/gm);
  const documents = new Map([...said].map(([, name, number]) => [name, number]));
  const lines = [];
  for (const { name, type } of listOwn(app)) {
    if (type === "timeseries")
      throw new Error("The collection " + name + " is a time series, which cannot be backed up this way.");
    const number = documents.get(task.database + "." + name);
    if (type === "view") lines.push("view " + name + " 1");
    else if (number !== undefined) lines.push(name + " " + number, countIndexes(app, name));
  }
  if (lines.length === 0 && documents.size > 0)
    throw new Error("mongodump has dumped collections that are not there.");
  return lines;
}

// A server that knows no roles has none to take away.
function listUsers(app) {
  const { roles = [] } = app.getSiblingDB("admin").getUser("administrator") ?? {};
  if (roles.length === 0) return [];
  return app
    .getUsers()
    .users.filter(({ user }) => /^app_v[0-9]+$/.test(user))
    .map(({ user, roles }) => ({ user, roles }));
}

function replace(app) {
  const collections = app
    .getCollectionInfos({ name: { $ne: mark } })
    .filter(isSide)
    .map(({ name, type, options }) => ({
      ...{ name: name.slice(side.length), type },
      // As text, because names of operators are no names of fields.
      options: EJSON.stringify(options ?? {}),
    }));
  app.getCollection(mark).insertOne({ _id: "complete", collections, users: listUsers(app) });
  return finish(app);
}

// From here on it goes forward only, also when it was interrupted. Meanwhile the application's users may do nothing.
function finish(app) {
  const { collections, users } = app.getCollection(mark).findOne({ _id: "complete" });
  for (const { user } of users) app.updateUser(user, { roles: [] });
  const views = collections.filter(({ type }) => type === "view");
  const tables = collections.filter(({ type }) => type !== "view");
  for (const { name, type } of listOwn(app))
    if (type === "view" || !tables.some((each) => each.name === name)) app.getCollection(name).drop();
  for (const { name } of tables) {
    const from = side + name;
    if (app.getCollectionInfos({ name: from }).length === 0) continue;
    app.getCollection(name).drop();
    const { ok } = app.adminCommand({
      renameCollection: task.database + "." + from,
      to: task.database + "." + name,
    });
    if (ok !== 1) throw new Error("The collection " + name + " cannot be put in its place.");
  }
  for (const { name, options } of views) {
    app.getCollection(side + name).drop();
    app.runCommand({ create: name, ...EJSON.parse(options) });
  }
  const lines = count(app);
  for (const { user, roles } of users) app.updateUser(user, { roles });
  app.getCollection(mark).drop();
  return lines;
}

function recover(app) {
  if (app.getCollection(mark).findOne({ _id: "complete" }) !== null) finish(app);
  for (const { name } of app.getCollectionInfos().filter(isSide)) app.getCollection(name).drop();
  return [];
}

const parts = { count, "count-dumped": countDumped, replace, recover };
try {
  const lines = parts[part](open());
  fs.writeFileSync(answer, lines.map((line) => line + "\n").join(""));
} catch (error) {
  console.error(error.message);
  quit(1);
}
