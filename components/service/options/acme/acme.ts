import { createHash } from "node:crypto";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { composeShell } from "../../../../engine/shell";
import { acmePlaces } from "../../../../nginx/places";
import { createCommand } from "../../../resources/commands";
import type { Context } from "../../../resources/context";
import { provideImage } from "../../../resources/images";
import { createKeptVolume } from "../../../resources/kept-volume";
import { ownName } from "../../../resources/own-names";
import { labels } from "../../../resources/presence";
import { none } from "../../../resources/rights";
import { createServerContainer } from "../../../resources/server-container";
import type { CreatedBalancer } from "../../balancer/balancer";
import type { Service } from "../../schema";
import { giveToWriters } from "../mounts/volume-owner";
import { acmeTitle as title, listAcmeHosts } from "./hosts";
import type { Acme } from "./schema";
import { renewSh } from "./texts";

/** Files of the container. */
const files = {
  script: "/flotilla/renew.sh",
  hook: "/flotilla/change-zone.sh",
  authority: "/flotilla/authority.pem",
  variables: "/flotilla/variables",
};

/** Where the account and what was given are. */
const store = "/data";

/** Makes the container that asks the authority for a certificate and for the next ones, and tells what came of it so far. */
export function createAcme(context: Context, { registry }: Service, created: CreatedBalancer): void {
  const { plan, configurationVolume, push } = created;
  const { tls, logs } = plan.balancer;
  if (tls?.acme === undefined || configurationVolume === undefined) return;
  const { acme } = tls;
  const own = { role: "certificates", server: title } as const;
  const image = provideImage(context, `${context.name}-${title}-image`, acme.image, registry, false, [own]);
  const network = new docker.Network(
    `${context.name}-${title}-network`,
    { labels: labels(context, "network", { network: title }) },
    { parent: context.parent },
  );
  const volume = createKeptVolume(context, `${title}-data`, {
    name: ownName(context.name, title).toLowerCase(),
    labels: { role: "data", server: title },
  });
  const owned = giveToWriters(context, title, volume, [
    { pool: title, path: store, user: acmePlaces.user, image },
  ]);
  const container = createServerContainer(context, {
    title,
    image,
    networks: [network.name],
    aliases: [],
    labels: own,
    files: renderFiles(acme, listAcmeHosts(acme, plan.routes)),
    resources: { limits: { memoryMiB: 128 } },
    rights: none,
    logs,
    health: {
      command: `grep -q ^good ${acmePlaces.folder}/outcome || [ $(cat ${acmePlaces.folder}/current/expires) -gt $(($(date +%s) + 259200)) ]`,
      intervalSeconds: 30,
      timeoutSeconds: 5,
      retries: 3,
      startSeconds: 60,
    },
    stopSeconds: 10,
    // The balancer has made the folder that it takes the certificate from.
    after: [owned, push],
    shape: {
      init: true,
      user: acmePlaces.user,
      entrypoints: ["sh", files.script],
      envs: acme.directoryAuthority === undefined ? [] : [`LEGO_CA_CERTIFICATES=${files.authority}`],
      volumes: [
        { volumeName: volume.name, containerPath: store },
        { volumeName: configurationVolume.name, containerPath: acmePlaces.volume },
      ],
    },
  });
  createCommand(context, `${context.name}-${title}-given`, {
    script: "acme",
    create: "awaitCertificate",
    task: { container: container.name, outcome: `${acmePlaces.folder}/outcome` },
    triggers: [container.id],
  });
}

function renderFiles(
  { directory, directoryAuthority, email = "", externalAccount, dns }: Acme,
  hosts: string[],
): pulumi.Output<Record<string, string>> {
  const variables: Record<string, pulumi.Input<string>> = {
    ...dns?.variables,
    ...(externalAccount === undefined
      ? {}
      : { LEGO_EAB_KID: externalAccount.keyId, LEGO_EAB_HMAC: externalAccount.hmac }),
  };
  const values = {
    hosts: hosts.join(" "),
    email,
    server: directory,
    // What one authority has given is no reason for another to give nothing.
    store: `${store}/${createHash("sha256").update(directory).digest("hex").slice(0, 12)}`,
    to: acmePlaces.folder,
    hook: files.hook,
    variables: files.variables,
    provider: dns === undefined ? "" : (dns.provider ?? "exec"),
    wait: dns?.waitSeconds ?? "",
    program: "/lego",
  };
  return pulumi.output(variables).apply((known) =>
    pulumi.secret({
      [files.script]: composeShell(values, renewSh),
      ...(directoryAuthority === undefined ? {} : { [files.authority]: directoryAuthority }),
      ...(dns?.script === undefined ? {} : { [files.hook]: dns.script }),
      ...Object.fromEntries(
        Object.entries(known).map(([name, value]) => [`${files.variables}/${name}`, value]),
      ),
    }),
  );
}
