import { defineCommand, flag, optional, rest, text } from "../command";
import { exitCodes, Misuse } from "../failure";
import { activate, add, drain, label, remove } from "../nodes/act";
import { toLabelOptions } from "../nodes/change";
import { findSwarm } from "../nodes/find";
import { toHost } from "../nodes/join";
import { renderNodes, reportNodes } from "../nodes/report";
import { json, stack } from "../options";

const actions = ["list", "drain", "activate", "label", "add", "remove"];

/** Shows and changes the machines of a swarm. */
export const nodes = defineCommand({
  name: "nodes",
  summary:
    "shows the machines of the swarm that the stack is on, takes one out without losing a request, and adds and removes machines",
  arguments: {
    action: optional(
      "what is done; drain has a machine's replicas leave it and takes the rest; list when left out",
      "list",
      () => actions,
    ),
    node: optional("a machine, by name or id; for add, user@host, where Docker is", undefined),
    labels: rest("for label: name=value; name= takes it away"),
  },
  options: {
    stack,
    manager: flag("with add: it becomes a manager"),
    address: text(
      "address",
      "with add: where the other machines reach it, when it has several addresses",
      undefined,
    ),
    yes: flag("removes without a question", "y"),
    json,
  },
  examples: [
    ["npm run nodes", "the machines, and what of the stack runs where"],
    ["npm run nodes -- drain web-2", "before its kernel is updated"],
    ["npm run nodes -- activate web-2", "after that"],
    ["npm run nodes -- label web-2 zone=b", "for placement"],
    ["npm run nodes -- add deploy@10.0.0.4 --manager", "by SSH, where Docker is installed"],
    ["npm run nodes -- remove web-2 --stack prod", "a drained one, or one that is gone for good"],
  ],
  check: ({ action, node, labels, manager, address }) => {
    if (action === "list" && node !== undefined) throw new Misuse(`There is no use for ${node} with list.`);
    if (action !== "list" && node === undefined)
      throw new Misuse(`The node must be given with ${action}, got nothing.`);
    if (action === "label" && labels.length === 0)
      throw new Misuse("A label must be given, got nothing. Write it like zone=a.");
    if (action !== "label" && labels.length > 0)
      throw new Misuse(`There is no use for ${labels.join(" ")} with ${action}.`);
    if (action !== "add" && (manager || address !== undefined))
      throw new Misuse(`--manager and --address must be left out with ${action}. They go with add.`);
    toLabelOptions(labels);
    if (action === "add") toHost(node ?? "");
  },
  run: async ({ node = "", action, ...given }) => {
    switch (action) {
      case "drain":
        return drain({ ...given, node });
      case "activate":
        return activate({ ...given, node });
      case "label":
        return label({ ...given, node });
      case "add":
        return add({ ...given, node });
      case "remove":
        return remove({ ...given, node });
      default: {
        const { swarm, label: own } = await findSwarm(given.stack);
        const reports = reportNodes(swarm, own);
        const lines = given.json ? [JSON.stringify(reports, undefined, 2)] : renderNodes(reports);
        process.stdout.write(`${lines.join("\n")}\n`);
        return exitCodes.done;
      }
    }
  },
});
