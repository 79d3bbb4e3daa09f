import { defineScript, printing } from "./process";
import { makeSelfSigned } from "./self-signed";
import { lineHost } from "./swarm/scripts";

const day = 86_400_000;

export const { makeLine } = defineScript<"line">({
  /** A certificate and its key, which outlive the stack: nobody but the stack's own parts knows them. */
  makeLine: printing(({ before }) => {
    if (before !== undefined) return before;
    const from = new Date(Date.now() - day);
    const until = new Date(Date.now() + 20 * 365 * day);
    const { certificate, key } = makeSelfSigned({ name: lineHost, hosts: [lineHost], from, until });
    return certificate + key;
  }),
});
