import type * as pulumi from "@pulumi/pulumi";
import type { BalancerArgs } from "../components";
import { nameStack } from "../components/resources/own-names";

/** Commands that show what was deployed; `balancer` says whether a client trusts its certificate. */
export function describeNext(
  url: pulumi.Output<string | undefined>,
  balancer: BalancerArgs | undefined,
): pulumi.Output<string[]> {
  const isSelfSigned =
    balancer?.tls !== undefined && balancer.tls.certificates === undefined && balancer.tls.acme === undefined;
  const filter = `--filter label=flotilla.stack=${nameStack()}`;
  const insecure = (address: string): string =>
    isSelfSigned && address.startsWith("https:") ? "--insecure " : "";
  return url.apply((address) => [
    ...(address === undefined ? [] : [`curl ${insecure(address)}${address}/healthz`]),
    `docker ps ${filter}`,
    `docker stats $(docker ps --quiet ${filter})`,
  ]);
}
