import { readRules, renderAlerts } from "./alerts";
import { findSilent } from "./answers";
import { askAll, askUrgent, readHealth } from "./ask";
import { readCanaryStep, summarizeStep } from "./canary";
import { countLogged } from "./count";
import { readFacts, renderFacts } from "./facts";
import { type Figures, summarizePools } from "./figures";
import { findProspect, waitForReplica, waitWhileHeld } from "./hold";
import { keepHours } from "./hours";
import { renderMetrics, type WatchedReplica } from "./metrics";
import { askPeers } from "./peers";
import { keyPattern, purgeFolder } from "./purge";
import { readReplicas } from "./replicas";
import type { WatchSettings } from "./settings";
import { summarizeReplicas } from "./status";
import { renderStatus } from "./status-page";
import { addCounters, addHourOf, gatherCounted, readCounted, readCounters } from "./together";
import { startAtZero } from "./zeros";

type Handler = (request: NginxRequest) => Promise<void> | void;

/** The functions that the configuration calls. */
export default function watch(settings: WatchSettings): Record<string, Handler> {
  return {
    /** Each second: counts what was logged, and asks the replicas that cannot wait for their turn. */
    tick: () =>
      attempt(() => {
        const failed = countLogged(settings);
        keepHours(() => summarizeReplicas(readCounters(), readReplicas()));
        return askUrgent(settings, failed);
      }),

    ...Object.fromEntries(
      settings.upstreams.map((upstream, i) => [`ask${i}`, () => attempt(() => askAll(settings, upstream))]),
    ),

    metrics: async (request) => {
      const { responseText = "" } = await request.subrequest("/connections");
      const [accepted = 0, handled = 0] = [...responseText.matchAll(/^ (\d+) (\d+) \d+/gm)]
        .flatMap(([, ...numbers]) => numbers)
        .map(Number);
      const number = (name: string): number => Number(request.variables[`connections_${name}`]);
      request.headersOut["Content-Type"] = "text/plain; version=0.0.4; charset=utf-8";
      const replicas = watched(settings);
      const counters = new Map([...startAtZero(settings, replicas), ...readCounters()]);
      const text = renderMetrics(counters, replicas, {
        ...{ active: number("active"), reading: number("reading") },
        ...{ writing: number("writing"), waiting: number("waiting") },
        ...{ accepted, handled },
      });
      request.return(200, text + renderFacts(readFacts()));
    },

    health: async (request) => {
      const silent = await findSilent(settings.upstreams);
      const state = silent.length === 0 ? { status: "ok" } : { status: "unavailable", pools: silent };
      request.headersOut["Content-Type"] = "application/json";
      request.headersOut["Cache-Control"] = "no-store";
      request.return(silent.length === 0 ? 200 : 503, JSON.stringify(state));
    },

    status: async (request) => {
      const known = watched(settings);
      const all = await gatherCounted(settings, known);
      const replicas = summarizeReplicas(addCounters(all), known);
      show(request, () => renderStatus(settings.name, addHourOf(replicas, all), Date.now()), {
        balancer: settings.name,
        replicas,
        lastFailure: ngx.shared.flotilla_watch.get("failure") ?? null,
      });
    },

    counted: (request) => {
      reply(request, 200, readCounted(readReplicas()));
    },

    figures: async (request) => {
      const known = watched(settings);
      const counters = addCounters(await gatherCounted(settings));
      const step = readCanaryStep();
      const figures: Figures = {
        replicas: summarizeReplicas(counters, known),
        pools: summarizePools(counters, settings),
        ...(step === undefined ? {} : { canary: summarizeStep(step, counters) }),
        ...readFacts(),
      };
      reply(request, 200, figures);
    },

    alerts: async (request) => {
      // The question goes along with what the client knows: Prometheus asks for the password itself.
      const { status, responseText = "" } = await request.subrequest("/lb/alerts/rules");
      if (status === 401) request.headersOut["WWW-Authenticate"] = 'Basic realm="Prometheus"';
      if (status !== 200) {
        reply(request, status === 401 ? 401 : 502, {
          error: status === 401 ? "say who you are" : `Prometheus answers ${status}`,
        });
        return;
      }
      const state = readRules(responseText);
      show(request, () => renderAlerts(settings.name, state, Date.now()), state);
    },

    hold: async (request) => {
      const { args, headersIn } = request;
      const upstream = settings.upstreams.find(({ name }) => name === args.upstream);
      const prospect = findProspect(
        {
          method: headersIn["X-Method"] ?? "",
          addresses: headersIn["X-Addresses"] ?? "",
          statuses: headersIn["X-Statuses"] ?? "",
          bytesSent: headersIn["X-Bytes-Sent"] ?? "",
          times: headersIn["X-Times"] ?? "",
          repeatsWrites: args.writes === "1",
        },
        upstream?.holdSeconds ?? 0,
      );
      const id = request.variables.request_id ?? "";
      const found =
        upstream === undefined ||
        prospect.patience === 0 ||
        (args.held === "1" && !(await waitWhileHeld(upstream.name, id)))
          ? undefined
          : await waitForReplica(upstream.name, id, prospect);
      if (found !== undefined) {
        request.headersOut["X-Accel-Redirect"] = args.again ?? "";
        // A request that waited while other settings came is still with the old ones, whose group learns no addresses any more.
        request.headersOut["X-Flotilla-To"] = prospect.waitedInVain ? found : (args.group ?? "");
      }
      request.return(found === undefined ? prospect.status : 200);
    },

    purge: async (request) => {
      const path = request.args.path;
      if (path === undefined || !/^(?:\/|\*$)/.test(path)) {
        reply(request, 400, { error: 'name what to purge: "?path=/a/path", or "?path=*" for everything' });
        return;
      }
      if (request.method !== "POST" && request.method !== "PURGE") {
        reply(request, 405, { error: "use POST or PURGE" });
        return;
      }
      const others = settings.sharesFront ? await askPeers(`/purge?path=${encodeURIComponent(path)}`) : [];
      const purged = others.map((text) => (JSON.parse(text) as { purged: number }).purged);
      reply(request, 200, { purged: purged.reduce((sum, each) => sum + each, await purge(settings, path)) });
    },

    purgeOwn: async (request) => {
      reply(request, 200, { purged: await purge(settings, request.args.path ?? "") });
    },
  };
}

/** Forgets what this balancer has kept of a path; gives how many answers that were. */
async function purge({ caches }: WatchSettings, path: string): Promise<number> {
  let purged = 0;
  for (const { folder, key } of caches) purged += await purgeFolder(folder, keyPattern(key, path));
  return purged;
}

/** Does something by the clock; what goes wrong is shown with the status, because nobody waits for an answer. */
async function attempt(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    ngx.shared.flotilla_watch.set("failure", `${new Date().toISOString()} ${String(error)}`);
  }
}

/** A page for browsers, and values for programs. */
function show(request: NginxRequest, render: () => string, value: unknown): void {
  const isBrowser = (request.headersIn.Accept ?? "").includes("text/html");
  request.headersOut["Content-Type"] = isBrowser ? "text/html; charset=utf-8" : "application/json";
  request.headersOut["Cache-Control"] = "no-store";
  request.return(200, isBrowser ? render() : `${JSON.stringify(value, undefined, 2)}\n`);
}

function reply(request: NginxRequest, status: number, value: unknown): void {
  request.headersOut["Content-Type"] = "application/json";
  request.return(status, `${JSON.stringify(value)}\n`);
}

function watched({ upstreams }: WatchSettings): WatchedReplica[] {
  return readReplicas().map((replica) => {
    const isAsked = upstreams.some(({ name, health }) => name === replica.upstream && health !== undefined);
    return isAsked ? { ...replica, health: readHealth(replica) } : replica;
  });
}
