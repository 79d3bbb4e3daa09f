import * as pulumi from "@pulumi/pulumi";
import { createSecret } from "../../../resources/commands";
import type { Context } from "../../../resources/context";
import { authorityFile, certificateFiles, listCertificates } from "./resolve";
import { nameStack } from "../../../resources/own-names";
import type { BalancerPlan } from "../../plan";
import type { GivenCertificate } from "../../../../deploy/tasks";

/** The texts of certificates and keys. */
interface Certificates {
  /** By path relative to `nginx.conf`. */
  secretFiles: pulumi.Input<Record<string, string>>;
  /** Those that were given, and not made. */
  given: GivenCertificate[];
}

/** Provides the certificates of a balancer; where none are given, it makes one. */
export function provideCertificates(context: Context, plan: BalancerPlan): Certificates {
  const { tls } = plan.balancer;
  if (tls === undefined) return { secretFiles: {}, given: [] };
  const authority: Record<string, pulumi.Input<string>> = tls.clients === undefined
    ? {}
    : { [authorityFile]: tls.clients.authority };
  const { given, own } = listCertificates(tls, plan.routes);
  const texts = (tls.certificates ?? []).map(({ certificate, key }, index) => {
    const files = certificateFiles(index);
    return { [files.certificate]: certificate, [files.key]: pulumi.secret(key) };
  });
  const made = own === undefined ? {} : makeFiles(context, plan, own.files);
  return {
    secretFiles: pulumi.output(Object.assign({}, ...texts, made, authority) as Record<string, string>),
    given: given.map(({ files, hosts = [] }) => ({ ...files, hosts })),
  };
}

function makeFiles(
  context: Context,
  plan: BalancerPlan,
  { certificate, key }: { certificate: string; key: string },
): Record<string, pulumi.Input<string>> {
  // Nginx takes from each file what it looks for there.
  const both = makeCertificate(context, plan);
  return { [certificate]: both, [key]: both };
}

/** One certificate for a stack and its key, as one text that is kept in the state. */
function makeCertificate(context: Context, plan: BalancerPlan): pulumi.Output<string> {
  const hosts = listHosts(plan);
  const task = { name: nameStack().slice(0, 64), hosts };
  return createSecret(`${context.name}-${plan.title}-certificate`, {
    script: "certificate",
    create: "makeCertificate",
    task,
    triggers: [hosts, nameYear(new Date())],
    parent: context.parent,
  });
}

function listHosts({ balancer: { address }, routes }: BalancerPlan): string[] {
  const own = ["0.0.0.0", "::"].includes(address) ? [] : [address];
  return [...new Set(["localhost", "127.0.0.1", "::1", ...own, ...routes.flatMap(({ host }) => host ?? [])])];
}

/**
 * A number that changes every 365 days, and the certificate with it: the state does not tell the program when the one it
 * has expires, but one that is good for 397 days has 32 left when the year is over, whenever it was made.
 */
export function nameYear(now: Date): number {
  return Math.floor(now.getTime() / (365 * 86_400_000));
}
