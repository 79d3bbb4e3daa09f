import { DatastoreEngine } from "../../components/datastore-types";
import type { Context, Unit } from "./context";
import { engineOf } from "./accounts";

/** Settles which services are jobs that end, and which cannot be a part of a stack. */
export function classify(context: Context): void {
  const jobs = new Set(
    context.project.services.flatMap(({ fields }) =>
      Object.entries(fields.depends_on)
        .filter(([, { condition }]) => condition === "service_completed_successfully")
        .map(([name]) => name),
    ),
  );
  for (const unit of context.list) {
    const [{ name, fields }] = unit.services;
    const words = [...(fields.entrypoint ?? []), ...(fields.command ?? [])].join(" ");
    const endsByName =
      /migrat|seed|db:(?:prepare|setup|create)|collectstatic|kafka-topics|mc alias|rs\.initiate/i.test(words);
    const isOnce = fields.restart === "no" || /^on-failure/.test(fields.restart ?? "");
    if (jobs.has(name) || (fields.ports.length === 0 && isOnce && endsByName)) unit.kind = { is: "job" };
    const why = findRefusal(unit);
    if (why !== undefined && unit.kind.is === "application") unit.kind = { is: "refused", why };
  }
}

function findRefusal(unit: Unit): string | undefined {
  const [{ fields }] = unit.services;
  const { network_mode: mode = "" } = fields;
  if (mode === "host")
    return "on the host's own network two replicas cannot listen on one port, and the balancer reaches replicas over networks of its own. Remove network_mode, let it listen on a port of its container, and import again";
  if (/^(?:service|container):/.test(mode))
    return "it shares another container's network, which goes with each of that one's replicas. Build both into one image, or reach it by name as an internal pool";
  if (fields.privileged === true)
    return "a privileged container is root on the host, and Flotilla makes none. Run it beside the stack, as it is";
  return undefined;
}

/** Says of jobs, and of all that has no place in a stack, what to do. */
export function tellOthers(context: Context): void {
  const { report, project } = context;
  for (const { name, profiles, place } of project.inactive)
    report.leave(
      place,
      name,
      `is of the profile ${profiles.join(", ")}, which was not asked for. Add --profile ${profiles[0] ?? ""}, with another --stack where it is for another place.`,
    );
  for (const unit of context.list) {
    const [{ name, fields, placeOf }] = unit.services;
    const { kind } = unit;
    if (kind.is === "job") tellJob(unit, context);
    if (kind.is === "refused") report.leave(placeOf(), name, `${kind.why}.`);
    if (kind.is === "left") report.leave(placeOf(), name, `${kind.todo}.`);
    if (kind.is === "kept")
      report.leave(
        placeOf(),
        name,
        `${kind.why}. It goes on in Compose: \`docker compose up -d ${name}\`; pools that use it join its network, which must be there before \`up\`.`,
      );
    const schedule = Object.entries(fields.labels).find(([label]) => /^ofelia\./.test(label));
    if (schedule !== undefined)
      report.leave(
        placeOf("labels"),
        `${name}.labels.${schedule[0]}`,
        "no job is started on a timetable. Let cron on the host run `docker exec` in a replica, or make it a worker that sleeps between two runs.",
      );
  }
}

function tellJob(unit: Unit, context: Context): void {
  const { report } = context;
  const [{ name, fields, placeOf }] = unit.services;
  const words = [...(fields.entrypoint ?? []), ...(fields.command ?? [])].join(" ");
  const topics = [
    ...words.matchAll(
      /--topic[ =](\S+)(?:(?!--topic).)*?(?:--partitions[ =](\d+))?(?=[;&]|\s--topic|$|\s--create)/gs,
    ),
  ];
  const events = context.list.find((each) => engineOf(each) === DatastoreEngine.Kafka);
  if (/kafka-topics/.test(words) && events !== undefined && topics.length > 0) {
    const settings = context.settings.datastores[events.name];
    if (settings !== undefined)
      settings.kafka = {
        ...settings.kafka,
        topics: Object.fromEntries(
          topics.map(([all, topic = "", partitions = /--partitions[ =](\d+)/.exec(all)?.[1]]) => [
            topic,
            partitions === undefined ? {} : { partitions: Number(partitions) },
          ]),
        ),
      };
    report.take(
      placeOf("command"),
      name,
      `datastores.${events.name}.kafka.topics`,
      topics.map(([, topic]) => topic).join(", "),
    );
    return;
  }
  if (/rs\.initiate/.test(words)) {
    report.change(placeOf(), name, "is not needed: mongodb.servers: 3 is a replica set that makes itself.");
    return;
  }
  report.leave(
    placeOf(),
    name,
    "it ends when it is done, and a pool does not. Let the application do it at its start, one replica at a time; or run it before `up`: `docker run --rm` with its image, on the datastore's network, with the owner's address (`pulumi stack output stores --show-secrets`).",
  );
}
