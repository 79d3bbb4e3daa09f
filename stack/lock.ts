import * as pulumi from "@pulumi/pulumi";
import { createRunError } from "../components/resources/run-error";
import { nameStack } from "../components/resources/own-names";
import { connect } from "../engine/client";
import { describeLock, readLock } from "../engine/lock";

/** Ends an update of a locked stack before it begins; a preview says that it would end so. */
export async function refuseLocked(host: string | undefined): Promise<void> {
  const lock = await readLock(connect({ host }), nameStack());
  if (lock === undefined) return;
  const said = `${describeLock(nameStack(), lock)}. Unlock it: flotilla unlock --stack ${pulumi.getStack()}`;
  if (!pulumi.runtime.isDryRun()) throw createRunError(said);
  await pulumi.log.warn(`${said} Until then an update is refused.`);
}
