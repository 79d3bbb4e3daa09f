import { deploymentAlert } from "./rules/deployments";
import { alertmanagerPlaces } from "./places";
import { renderYaml, type Value } from "./yaml";

/** Where alerts are sent by e-mail. */
export interface EmailSettings {
  to: string[];
  from: string;
  /** Host and port of the server that takes them. */
  server: string;
  user?: string;
  requireTls: boolean;
}

/** Who is told of alerts. Addresses that are secrets are in files. */
export interface AlertmanagerSettings {
  /** Numbers of the files with the webhooks' addresses. */
  webhooks: number;
  email?: EmailSettings;
  /** Channel of Slack. */
  slackChannel?: string;
  /** Seconds that alerts of one service are collected before anybody is told. */
  groupSeconds: number;
  /** Seconds after which somebody is told again of what goes on. */
  repeatSeconds: number;
}

/** Files with what only Alertmanager may know. */
export const secretFiles = {
  webhook: (index: number): string => `${alertmanagerPlaces.secrets}/webhook-${index + 1}`,
  slack: `${alertmanagerPlaces.secrets}/slack`,
  email: `${alertmanagerPlaces.secrets}/email`,
};

const everybody = "everybody";
const nobody = "nobody";

/** Renders `alertmanager.yml`. */
export function renderAlertmanager(settings: AlertmanagerSettings): string {
  return renderYaml({
    route: {
      receiver: everybody,
      group_by: ["alertname", "service", "pool", "store"],
      group_wait: `${settings.groupSeconds}s`,
      group_interval: `${Math.max(10, settings.groupSeconds)}s`,
      repeat_interval: `${settings.repeatSeconds}s`,
      routes: [{ receiver: nobody, matchers: [`alertname = "${deploymentAlert}"`] }],
    },
    inhibit_rules: inhibitRules,
    receivers: [{ name: everybody, ...renderReceivers(settings) }, { name: nobody }],
  });
}

const inhibitRules: Value = [
  // A deployment takes replicas away, and says so itself when it fails.
  {
    source_matchers: [`alertname = "${deploymentAlert}"`],
    target_matchers: ['deployment = "quiet"'],
    equal: ["service"],
  },
  {
    source_matchers: ['alertname =~ "AllReplicasDown|AllWorkersDown"'],
    target_matchers: ['alertname =~ "ReplicaDown|ReplicaNotMeasured|ErrorRateHigh|ScaleUpAdvised"'],
    equal: ["service", "pool"],
  },
  {
    source_matchers: ['alertname = "ErrorBudgetBurnsFast"'],
    target_matchers: ['alertname = "ErrorBudgetBurnsSlowly"'],
    equal: ["service", "pool"],
  },
  {
    source_matchers: ['alertname = "DiskFull"'],
    target_matchers: ['alertname = "DiskFilling"'],
    equal: ["instance", "device"],
  },
  {
    source_matchers: ['alertname = "CertificateExpired"'],
    target_matchers: ['alertname = "CertificateExpires"'],
    equal: ["service", "certificate"],
  },
];

const subject = "[{{ .Status }}] {{ .CommonLabels.alertname }}";
const text =
  "{{ range .Alerts }}{{ .Labels.severity }}: {{ .Annotations.summary }}\n{{ .Annotations.runbook_url }}\n{{ end }}";

function renderReceivers({ webhooks, email, slackChannel }: AlertmanagerSettings): Record<string, Value> {
  return {
    ...(webhooks === 0
      ? {}
      : {
          webhook_configs: Array.from({ length: webhooks }, (_, index) => ({
            url_file: secretFiles.webhook(index),
            send_resolved: true,
          })),
        }),
    ...(email === undefined ? {} : { email_configs: [renderEmail(email)] }),
    ...(slackChannel === undefined
      ? {}
      : {
          slack_configs: [
            {
              api_url_file: secretFiles.slack,
              channel: slackChannel,
              send_resolved: true,
              title: subject,
              text,
            },
          ],
        }),
  };
}

function renderEmail({ to, from, server, user, requireTls }: EmailSettings): Value {
  return {
    to: to.join(", "),
    from,
    smarthost: server,
    require_tls: requireTls,
    ...(user === undefined ? {} : { auth_username: user, auth_password_file: secretFiles.email }),
    send_resolved: true,
    headers: { Subject: subject },
    text,
  };
}
