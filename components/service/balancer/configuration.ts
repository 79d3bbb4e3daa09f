import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { renderFiles } from "../../../nginx/files";
import { renderNginx } from "../../../nginx/render";
import { provideCertificates } from "../options/tls/certificates";
import type { Context } from "../../resources/context";
import { nameStaticFolder } from "../options/static-files";
import { resolveBalancer } from "./resolve";
import type { BalancerPlan } from "../plan";
import { renderFrontScripts } from "../../../deploy/front-scripts";
import { renderSwarmScripts } from "../../../deploy/swarm/scripts";
import { hashStaticFiles } from "../../../deploy/static-files";
import type { GivenCertificate, StaticFolder } from "../../../deploy/tasks";

/** The parts of a balancer's configuration, but for the members. */
export interface Configuration {
  /** `nginx.conf`. */
  settings: string;
  /** Further files, as texts by path relative to it. */
  files: Record<string, string>;
  /** The same for those that nobody but Nginx may read. */
  secretFiles: pulumi.Input<Record<string, string>>;
  /** The certificates among the secret files, as far as they were given. */
  certificates: GivenCertificate[];
  /** Folders of the project whose files it serves. */
  folders: StaticFolder[];
  /** Values that change with the texts; these themselves would make the state too large. */
  triggers: pulumi.Input<unknown>[];
}

/** A balancer that the service needs, with its configuration. */
export interface ConfiguredPlan extends BalancerPlan {
  configuration: Configuration;
}

/** Renders a balancer's configuration, and provides its certificates. */
export function createConfiguration(context: Context, plan: BalancerPlan, hasNodes: boolean): Configuration {
  const balancer = resolveBalancer(context.name, plan, context.without, hasNodes);
  const settings = renderNginx(balancer);
  const files = {
    ...renderFiles(balancer),
    ...(balancer.sharesFront ? renderFrontScripts() : {}),
    ...(hasNodes ? renderSwarmScripts() : {}),
  };
  const { secretFiles, given } = provideCertificates(context, plan);
  return {
    settings,
    files,
    secretFiles,
    certificates: given,
    folders: listFolders(plan),
    triggers: [
      hash({ settings, files }),
      ...(plan.balancer.tls === undefined ? [] : [hashSecret(secretFiles)]),
    ],
  };
}

function listFolders({ routes }: BalancerPlan): StaticFolder[] {
  const folders = new Map<string, { folder: string; keepSeconds: number }>();
  for (const { folder, target } of routes) {
    if (folder === undefined || target.kind !== "static") continue;
    const path = nameStaticFolder(folder);
    // Two routes may have the same folder.
    const keepSeconds = Math.max(target.keepSeconds, folders.get(path)?.keepSeconds ?? 0);
    folders.set(path, { folder, keepSeconds });
  }
  return [...folders].map(([path, each]) => ({ path, ...each, hash: hashStaticFiles(each.folder) }));
}

function hash(texts: object): string {
  return createHash("sha256").update(JSON.stringify(texts)).digest("hex");
}

/** Nobody finds a key by its hash, so that a preview may show that it changes. */
function hashSecret(files: pulumi.Input<Record<string, string>>): pulumi.Output<string> {
  return pulumi.unsecret(pulumi.output(files).apply(hash));
}
