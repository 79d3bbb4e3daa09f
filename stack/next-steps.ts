import * as pulumi from "@pulumi/pulumi";
import type { BalancerArgs } from "../components";
import { nameStack } from "../components/resources/own-names";

/** Commands that show what was deployed; `balancer` says whether a client trusts its certificate. */
export function describeNext(
  url: pulumi.Output<string>,
  balancer: BalancerArgs | undefined,
): pulumi.Output<string>[] {
  const isSelfSigned = balancer?.tls !== undefined && balancer.tls.certificates === undefined;
  const filter = `--filter label=flotilla.stack=${nameStack()}`;
  return [
    url.apply(
      (address) =>
        `curl ${isSelfSigned && address.startsWith("https:") ? "--insecure " : ""}${address}/healthz`,
    ),
    pulumi.output(`docker ps ${filter}`),
    pulumi.output(`docker stats $(docker ps --quiet ${filter})`),
  ];
}
