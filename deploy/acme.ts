import { defineScript, onEngine, sleep } from "./process";

/** Seconds for an authority that is asked for the first time. */
const seconds = 60;

export const { awaitCertificate } = defineScript<"acme">({
  /** Tells what an authority has said; that there is no certificate yet ends nothing, since the balancer has one of its own. */
  awaitCertificate: onEngine(async (engine, { task: { container, outcome } }) => {
    const deadline = Date.now() + seconds * 1000;
    for (;;) {
      const { code, stdout } = await engine.attempt(["exec", container, "cat", outcome]);
      const said = stdout.trim();
      if (code === 0 && said.startsWith("good ")) return said.slice("good ".length);
      if (code === 0 && said.startsWith("bad ")) return warn(said.slice("bad ".length));
      if (Date.now() >= deadline) return warn(`The authority has not answered within ${seconds} s.`);
      await sleep(500);
    }
  }),
});

function warn(reason: string): string {
  return `Warning: ${reason} The balancer goes on with the certificate that it has, or with its own, which no browser trusts, and asks again by itself.`;
}
