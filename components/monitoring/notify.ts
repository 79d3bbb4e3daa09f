import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { type AlertmanagerSettings, secretFiles } from "../../monitoring/alertmanager";
import { closed, type Fields, flag, line, listOf, text, whole } from "../arguments/schema-parts";
import { secretInput } from "../arguments/secrecy";
import type { EmailArgs, NotifyArgs, SlackArgs } from "../monitoring-types";

const mail = line("be an address of e-mail");
const address = (what: string) =>
  secretInput(`be the address of ${what}`, (value) => /^https?:\/\/\S+$/.test(value));

const email = closed(
  {
    to: listOf(mail, "be a list of addresses of e-mail"),
    from: mail,
    server: text("be host and port of a server", /^[^\s:]+:\d+$/, "Write it like mail.example.com:587."),
    user: line("be a user").optional(),
    password: secretInput("be a password", (value) => value !== "").optional(),
    requireTls: flag().default(true),
  } satisfies Fields<EmailArgs>,
  "be an object with to, from and server",
  undefined,
  [
    {
      needs: ["user", "password"],
      find: ({ user, password }) => {
        if ((user === undefined) === (password === undefined)) return [];
        const [present, missing] = user === undefined ? ["password", "user"] : ["user", "password"];
        const rule = `be set where ${present} is`;
        return [{ path: [missing], value: undefined, rule, remedy: "A server asks for both." }];
      },
    },
  ],
);

const slack = closed(
  {
    address: address("Slack's incoming webhook"),
    channel: text("be a channel", /^[#@]\S+$/, "Write it like #alerts, between quotes."),
  } satisfies Fields<SlackArgs>,
  "be an object with address and channel",
);

/** Who is told of alerts. */
export const notify = closed(
  {
    webhooks: listOf(address("a webhook"), "be a list of addresses").default([]),
    slack: slack.optional(),
    email: email.optional(),
    groupSeconds: whole(0, 3600).default(10),
    repeatSeconds: whole(60, 604_800).default(14_400),
  } satisfies Fields<NotifyArgs>,
  "be an object with webhooks, slack or email",
);

type Notify = z.output<typeof notify>;

/** How Alertmanager is told whom to tell. */
export function resolveAlertmanager({ webhooks, slack, email, ...seconds }: Notify): AlertmanagerSettings {
  return { webhooks: webhooks.length, slackChannel: slack?.channel, email, ...seconds };
}

/** The files with what only Alertmanager may know; encrypted in the state. */
export function renderSecretFiles({ webhooks, slack, email }: Notify): Record<string, pulumi.Output<string>> {
  return Object.fromEntries([
    ...webhooks.map((webhook, index) => [secretFiles.webhook(index), pulumi.secret(webhook)] as const),
    ...(slack === undefined ? [] : [[secretFiles.slack, pulumi.secret(slack.address)] as const]),
    ...(email?.password === undefined ? [] : [[secretFiles.email, pulumi.secret(email.password)] as const]),
  ]);
}
