import { setTimeout as wait } from "node:timers/promises";
import { expect } from "vitest";
import { changeConfiguration, renderMembers } from "../../../deploy/balancer";
import { connect } from "../../../engine/client";
import { renderMember } from "../../../nginx/members";
import { docker } from "../support/engine";
import { startBalancer } from "./support/balancer";
import { workbench } from "./support/harness";
import { proof } from "./support/proof";

// More than leave and come at once when the largest pool is updated, with names as long as they get, and routes of sessions.
const titles = Array.from({ length: 200 }, (_, index) => `application-${index + 1}`);
const nameOf = (title: string): string => `a-project-production-shop-${title}-0123abc`;

proof("room: Nginx takes all replicas of a large pool while it is updated", async () => {
  const balancer = await startBalancer({
    args: { pools: { application: workbench({ balancing: { sticky: {} } }) } },
  });
  const crowd = `${balancer.container}-crowd`;
  try {
    const aliases = titles.map((title) => `--network-alias=${nameOf(title)}`);
    await docker(
      ...["run", "--detach", `--name=${crowd}`, `--network=${balancer.network}`, ...aliases],
      ...["--entrypoint=sleep", "nginx:1.30.4", "300"],
    );
    const surroundings = { maxFails: 1, failSeconds: 10, sticky: {} };
    const lines = titles.map((title) =>
      renderMember(
        { name: nameOf(title), port: 3001, title, weight: 1, maxConnections: 0, backup: false },
        surroundings,
      ),
    );
    await changeConfiguration(connect(), balancer.container, renderMembers("application", lines));
    await wait(3000);
    const { stderr } = await connect().attempt(["logs", balancer.container]);
    expect(stderr).not.toContain("memory exhausted");
    const asked = await docker("exec", balancer.container, "sh", "-c", "wc -l < /etc/flotilla/live/replicas");
    expect(Number(asked)).toBe(titles.length);
    return `${titles.length} replicas`;
  } finally {
    await docker("rm", "--force", crowd);
    await balancer.stop();
  }
});
