import { demoPool, type PoolSettings } from "../../support/settings";

/** A pool of the demo application that notes nothing on the disk, which may be full or lose what was not written. */
export function plainPool(settings: PoolSettings = {}): PoolSettings {
  const pool = demoPool({ ...settings, env: { LEDGER: "", ...settings.env } });
  delete pool.mounts;
  return pool;
}
