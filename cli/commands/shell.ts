import { defineCommand, required, rest } from "../command";
import { open } from "../../engine/streams";
import { renderExec } from "../operator/exec";
import { findDeployed } from "../operator/parts";
import {
  chooseServer,
  findTool,
  nameSecretFile,
  readPassword,
  renderSecretFile,
  renderShell,
} from "../operator/shell";
import { stack } from "../options";
import { pulumiEnvironment, pulumiOn } from "../pulumi";

/** Opens a datastore's own tool. */
export const shell = defineCommand({
  name: "shell",
  summary: "opens a datastore's own shell as its administrator: redis-cli, psql, mongosh, or Kafka's tools",
  arguments: {
    datastore: required("the name of a datastore"),
    words: rest("behind --, what the tool is told; it ends after that"),
  },
  options: { stack },
  examples: [
    ["npm run shell -- main", "psql in the database of the datastore main"],
    ["npm run shell -- main -- -c 'SELECT count(*) FROM orders'", "one answer, and the end"],
    ["npm run shell -- cache -- DBSIZE", "the same of Redis"],
    ["npm run shell -- events -- topics --list", "what follows kafka- in the names of Kafka's tools"],
    ["npm run shell -- docs -- 'db.orders.countDocuments()'", "a script for mongosh"],
  ],
  run: async ({ datastore, words, stack: name }) => {
    const { engine, parts } = await findDeployed(name);
    const server = chooseServer(parts, datastore);
    const tool = await findTool(engine, server);
    const file = nameSecretFile();
    if (tool.needsPassword) {
      const password = await readPassword(pulumiOn(name, pulumiEnvironment(), "beside"), datastore);
      const content = tool.renderFile?.(password, words) ?? password;
      await engine.inside(server.id, renderSecretFile(file, content));
    }
    try {
      return await open(engine, renderExec(server.id, renderShell(tool, datastore, file, words)));
    } finally {
      if (tool.needsPassword) await engine.attempt(["exec", server.id, "rm", "-f", file]);
    }
  },
});
