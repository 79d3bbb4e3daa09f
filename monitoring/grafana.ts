import { sources } from "./dashboards/render";
import { grafanaPlaces } from "./places";
import { userName } from "./prometheus";
import { renderYaml } from "./yaml";

/** Where Grafana finds the other servers, and how it is reached. */
export interface GrafanaSettings {
  /** Address of Prometheus. */
  prometheus: string;
  /** Address of Alertmanager. */
  alertmanager: string;
  /** Seconds between two looks at a target. */
  intervalSeconds: number;
  /** Port of 127.0.0.1 at which browsers find it. */
  port: number;
  /** Whether everybody who reaches it may look without a password. */
  anonymous: boolean;
}

/** Renders the servers that Grafana asks, as their user. */
export function renderSources({ prometheus, alertmanager, intervalSeconds }: GrafanaSettings): string {
  const access = {
    access: "proxy",
    editable: false,
    basicAuth: true,
    basicAuthUser: userName,
    secureJsonData: { basicAuthPassword: `$__file{${grafanaPlaces.password}}` },
  };
  return renderYaml({
    apiVersion: 1,
    prune: true,
    datasources: [
      {
        name: "Prometheus",
        uid: sources.prometheus,
        type: "prometheus",
        url: prometheus,
        isDefault: true,
        ...access,
        jsonData: { timeInterval: `${intervalSeconds}s`, httpMethod: "POST", prometheusType: "Prometheus" },
      },
      {
        name: "Alertmanager",
        uid: sources.alertmanager,
        type: "alertmanager",
        url: alertmanager,
        ...access,
        // Its own alerts are not sent there: Prometheus does that.
        jsonData: { implementation: "prometheus", handleGrafanaManagedAlerts: false },
      },
    ],
  });
}

/** Renders where Grafana finds the dashboards. */
export function renderProvider(): string {
  return renderYaml({
    apiVersion: 1,
    providers: [
      {
        name: "flotilla",
        folder: "Flotilla",
        type: "file",
        disableDeletion: true,
        allowUiUpdates: false,
        updateIntervalSeconds: 3600,
        options: { path: grafanaPlaces.dashboards },
      },
    ],
  });
}

/** Grafana's settings as environment variables: a password for everybody, and nothing is told or asked elsewhere. */
export function renderEnvironment({ port, anonymous }: GrafanaSettings): Record<string, string> {
  return {
    GF_SERVER_ROOT_URL: `http://127.0.0.1:${port}/`,
    GF_SECURITY_ADMIN_USER: userName,
    GF_SECURITY_ADMIN_PASSWORD__FILE: grafanaPlaces.password,
    GF_SECURITY_DISABLE_GRAVATAR: "true",
    GF_USERS_ALLOW_SIGN_UP: "false",
    GF_USERS_ALLOW_ORG_CREATE: "false",
    GF_AUTH_ANONYMOUS_ENABLED: String(anonymous),
    GF_AUTH_ANONYMOUS_ORG_ROLE: "Viewer",
    GF_AUTH_ANONYMOUS_HIDE_VERSION: "true",
    GF_SNAPSHOTS_EXTERNAL_ENABLED: "false",
    GF_ANALYTICS_REPORTING_ENABLED: "false",
    GF_ANALYTICS_CHECK_FOR_UPDATES: "false",
    GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: "false",
    GF_ANALYTICS_FEEDBACK_LINKS_ENABLED: "false",
    GF_NEWS_NEWS_FEED_ENABLED: "false",
    GF_PLUGINS_PREINSTALL_DISABLED: "true",
    GF_PLUGINS_PUBLIC_KEY_RETRIEVAL_DISABLED: "true",
    GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH: `${grafanaPlaces.dashboards}/overview.json`,
  };
}
