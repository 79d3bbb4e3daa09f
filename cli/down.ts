import type { Engine } from "../engine/client";
import type { DataVolume } from "../engine/data-volumes";
import { findDataVolumes, findEngine, measure, removeVolumes } from "./data-volumes";
import { type Deployment, findDeployment, type KeptSecret } from "./deployment";
import {
  describeKept,
  describeLeft,
  describeLoss,
  describeRemovable,
  describeRemoved,
  describeStaying,
  type Kept,
  refuseProtected,
} from "./down-texts";
import { Failure } from "./failure";
import { askUser, confirm, say } from "./processes";
import { describeGone } from "./progress/receipt";
import type { Deed } from "./progress/watch";
import type { Pulumi } from "./pulumi";
import type { Result } from "./result";
import { canAsk } from "./stack";

/** The options of a `down`. */
export interface DownRequest {
  stack: string;
  /** Whether the data go too. */
  volumes: boolean;
  yes: boolean;
  json: boolean;
}

/** The result of a `down` beside Pulumi's. */
export type Down = Pick<Result, "ok"> &
  Required<Pick<Result, "volumes" | "secrets" | "replicas" | "images" | "left">>;

/** Removes a stack's resources, those which options leave. */
export type Destroy = (options: string[]) => Promise<Pick<Deed, "ok" | "board" | "milliseconds">>;

/**
 * Takes a stack down, and its data too where that is asked for: all that stands against it is found before anything is
 * touched. What was generated stays as long as the data that may need it.
 */
export async function takeDown(
  asked: DownRequest,
  pulumi: Pick<Pulumi, "stack" | "environment" | "print" | "setting">,
  destroy: Destroy,
): Promise<Down> {
  const { stack } = asked;
  const engine = await findEngine(pulumi);
  const [found, deployment] = await Promise.all([findDataVolumes(engine, stack), findDeployment(pulumi)]);
  const { guarded, secrets, replicas, images, root } = deployment;
  const kept: Kept = { volumes: found ?? [], secrets, replicas, images };
  const mayBeMissed = kept.volumes.length + secrets.length > 0;
  if (asked.volumes) {
    const refusal =
      found === undefined
        ? "The engine does not say which volumes the stack has; nothing was touched."
        : (refuseProtected(stack, found, guarded) ??
          (mayBeMissed ? await askFirst(asked, await measure(engine, found), secrets) : undefined));
    if (refusal !== undefined) throw new Failure(refusal, toResult(kept));
  }
  if (!(asked.volumes && mayBeMissed) && canAsk(asked)) {
    say(`${describeRemovable(deployment)}\n${describeKept(stack, kept)}`);
    if (!(await confirm(`Take ${stack} down?`))) throw new Failure("Nothing was touched.", toResult(kept));
  }

  const wasTold = Object.keys({ ...replicas, ...images }).length > 0;
  const keepsRoot = root !== undefined && (secrets.length > 0 || wasTold);
  const { ok, board, milliseconds } = await destroy(
    exclude(guarded, secrets, keepsRoot ? [{ urn: root }] : []),
  );
  if (!ok) return { ...toResult(kept), ok };
  say(describeGone(stack, board, milliseconds));
  const left = guarded.map(({ name }) => name);
  if (left.length > 0) say(describeLeft(guarded));
  if (asked.volumes) return { ...(await removeKept(engine, destroy, deployment, kept)), left };
  say(describeKept(stack, kept));
  return { ...toResult(kept), ok: true, left };
}

/** Removes the data, and then what was generated; what reads backups stays with them. */
async function removeKept(
  engine: Engine,
  destroy: Destroy,
  { guarded }: Deployment,
  kept: Kept,
): Promise<Down> {
  const { removed, errors } = await removeVolumes(engine, kept.volumes);
  const rest = { ...kept, volumes: kept.volumes.filter(({ name }) => !removed.includes(name)) };
  if (errors.length > 0)
    throw new Failure(errors.join("\n"), {
      ...toResult(rest, removed),
      ...{ left: guarded.map(({ name }) => name), errors },
    });
  const staying = kept.secrets.filter(
    ({ urn, isOfBackups }) => isOfBackups || guarded.some((each) => each.urn === urn),
  );
  const going = kept.secrets.filter((secret) => !staying.includes(secret));
  // The stack itself stays in the state as long as anything of it does.
  const hasRoot = staying.length + guarded.length > 0;
  const [replicas, images] = hasRoot ? [kept.replicas, kept.images] : [{}, {}];
  const wasTold = Object.keys({ ...kept.replicas, ...kept.images }).length > 0;
  const hasMore = going.length > 0 || (wasTold && !hasRoot);
  const ok = !hasMore || (await destroy(exclude(guarded, staying))).ok;
  if (!ok) return { ...toResult(rest, removed), ok };
  if (removed.length + going.length > 0) say(describeRemoved(removed, going));
  if (staying.length > 0) say(describeStaying(staying));
  return { ...toResult({ ...rest, secrets: staying, replicas, images }, removed, going), ok };
}

/** By name for what is protected too: some versions of Pulumi forget names beside `--exclude-protected`. */
function exclude(...lists: { urn: string }[][]): string[] {
  return [...new Set(lists.flat().map(({ urn }) => `--exclude=${urn}`))];
}

/** Lets the user confirm what will be lost; gives the reason when it is not to be. */
async function askFirst(
  { stack, yes, json }: DownRequest,
  volumes: DataVolume[],
  secrets: KeptSecret[],
): Promise<string | undefined> {
  if (yes) return undefined;
  const loss = describeLoss(volumes, secrets);
  if (json || !process.stdin.isTTY)
    return `This would remove for good, and there is nobody to ask: add --yes.\n${loss}`;
  say(`This removes for good:\n${loss}`);
  const answer = await askUser(`To go on, type the stack's name (${stack}): `);
  return answer === stack ? undefined : "Nothing was touched.";
}

function toResult(
  { volumes, secrets, replicas, images }: Kept,
  removedVolumes: string[] = [],
  removedSecrets: KeptSecret[] = [],
): Omit<Down, "ok"> {
  const names = (list: { name: string }[]): string[] => list.map(({ name }) => name);
  return {
    volumes: { kept: names(volumes), removed: removedVolumes },
    secrets: { kept: names(secrets), removed: names(removedSecrets) },
    ...{ replicas, images, left: [] },
  };
}
