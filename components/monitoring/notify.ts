import * as pulumi from "@pulumi/pulumi";
import { type AlertmanagerSettings, secretFiles } from "../../monitoring/alertmanager";
import type { NotifyArgs } from "../monitoring-types";

/** How Alertmanager is told whom to tell. */
export function describeNotify({
  webhooks = [],
  slack,
  email,
  groupSeconds,
  repeatSeconds,
}: NotifyArgs): AlertmanagerSettings {
  return {
    webhooks: webhooks.length,
    ...(slack === undefined ? {} : { slackChannel: slack.channel }),
    ...(email === undefined
      ? {}
      : {
          email: {
            to: email.to,
            from: email.from,
            server: email.server,
            requireTls: email.requireTls ?? true,
            ...(email.user === undefined ? {} : { user: email.user }),
          },
        }),
    groupSeconds: groupSeconds ?? 10,
    repeatSeconds: repeatSeconds ?? 14_400,
  };
}

/** The files with what only Alertmanager may know; encrypted in the state. */
export function notifyFiles({
  webhooks = [],
  slack,
  email,
}: NotifyArgs): Record<string, pulumi.Output<string>> {
  return Object.fromEntries([
    ...webhooks.map((address, index) => [secretFiles.webhook(index), pulumi.secret(address)] as const),
    ...(slack === undefined ? [] : [[secretFiles.slack, pulumi.secret(slack.address)] as const]),
    ...(email?.password === undefined ? [] : [[secretFiles.email, pulumi.secret(email.password)] as const]),
  ]);
}
