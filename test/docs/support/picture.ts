import type { Container } from "./graph";

interface Place {
  x: number;
  y: number;
  width: number;
}

const height = 40;
const gap = 14;
const head = 34;

const style = `
    .box { fill: #ffffff; stroke: #334155; }
    .net { fill: #f1f5f9; stroke: #94a3b8; stroke-dasharray: 5 4; }
    .lb { fill: #dcfce7; stroke: #15803d; }
    .store { fill: #dbeafe; stroke: #1d4ed8; }
    .line { stroke: #64748b; fill: none; marker-end: url(#arrow); }
    text { fill: #0f172a; text-anchor: middle; }
    .note { fill: #64748b; font-size: 12px; }
    @media (prefers-color-scheme: dark) {
      .box { fill: #1e293b; stroke: #cbd5e1; }
      .net { fill: #0f172a; stroke: #64748b; }
      .lb { fill: #14532d; stroke: #86efac; }
      .store { fill: #1e3a8a; stroke: #93c5fd; }
      .line { stroke: #94a3b8; }
      text { fill: #f1f5f9; }
      .note { fill: #94a3b8; }
    }
  `;

/** Draws which containers there are, on which networks, and which way requests go. */
export function draw(containers: Container[]): string {
  const front = find(containers, ({ port }) => port !== undefined);
  const [outer = ""] = front.networks;
  const inner = [...new Set(containers.flatMap(({ networks }) => networks))]
    .filter((name) => name !== outer)
    .sort();
  const pool = containers.filter((each) => each !== front && each.networks.includes(outer));
  const shapes: string[] = [];
  const lines: string[] = [];

  let bottom = 20;
  const doors: { network: string; place: Place; names: string }[] = [];
  for (const network of inner) {
    const members = containers.filter((each) => each.networks.length === 1 && each.networks[0] === network);
    const leader = members.find(({ role }) => role === "balancer");
    const others = members.filter((each) => each !== leader);
    const size = head + others.length * (height + gap) + 24;
    shapes.push(drawNetwork(network, { x: 500, y: bottom, width: 260 }, size));
    const places = others.map((each, index): Place => {
      const place = { x: 640, y: bottom + head + index * (height + gap), width: 100 };
      shapes.push(drawContainer(each, place));
      return place;
    });
    const [first = { x: 640, y: bottom + head, width: 100 }] = places;
    let door = first;
    if (leader !== undefined) {
      door = { x: 520, y: middleOf(places), width: 80 };
      shapes.push(drawContainer(leader, door));
      lines.push(...places.map((place) => arrow(door, place)));
      const names = leader.aliases.map((alias) => `http://${alias}`).join(", ");
      shapes.push(note(630, bottom + size - 10, `${names}, for named pools`));
    }
    doors.push({ network, place: door, names: leader?.title ?? "" });
    bottom += size + 18;
  }

  const total = Math.max(bottom - 18, 20 + head + pool.length * (height + gap));
  const top = 20 + head + (total - 20 - head - pool.length * (height + gap)) / 2;
  const replicas = pool.map((each, index) => ({
    each,
    place: { x: 340, y: top + index * (height + gap), width: 100 },
  }));
  const gate = { x: 160, y: middleOf(replicas.map(({ place }) => place)), width: 110 };
  const clients = { x: 20, y: gate.y, width: 80 };
  lines.push(arrow(clients, gate), ...replicas.map(({ place }) => arrow(gate, place)));
  for (const { each, place } of replicas)
    lines.push(
      ...doors
        .filter(({ network }) => each.networks.includes(network))
        .map((door) => arrow(place, door.place)),
    );

  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 780 ${total + 20}" font-family="system-ui, sans-serif" font-size="14" role="img" aria-labelledby="title">`,
    `  <title id="title">Clients reach one published Nginx, which balances over the replicas of the public pool; an internal pool has a balancer and a network of its own, and so has a datastore a network</title>`,
    `  <style>${style}</style>`,
    `  <defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="#64748b" /></marker></defs>`,
    ...[drawNetwork(outer, { x: 130, y: 20, width: 340 }, total - 20), ...shapes, ...lines],
    drawBox("box", "clients", clients),
    drawContainer(front, gate),
    note(gate.x + gate.width / 2, gate.y + height + 16, `published port ${front.port ?? ""}`),
    ...replicas.map(({ each, place }) => drawContainer(each, place)),
    "</svg>",
    "",
  ]
    .map((line, index, all) =>
      index === 0 || index >= all.length - 2 ? line : line.replace(/^ {0,2}/, "  "),
    )
    .join("\n");
}

function find(containers: Container[], isIt: (container: Container) => boolean): Container {
  const found = containers.find(isIt);
  if (found === undefined) throw new Error("No container has a published port.");
  return found;
}

function middleOf(places: Place[]): number {
  const [first, last] = [places[0], places.at(-1)];
  return ((first?.y ?? 0) + (last?.y ?? 0)) / 2;
}

function drawNetwork(name: string, { x, y, width }: Place, size: number): string {
  const box = `<rect class="net" x="${x}" y="${y}" width="${width}" height="${size}" rx="10" />`;
  return `${box}${note(x + width / 2, y + 20, `network "${name}"`)}`;
}

function drawContainer({ role, title, hasData }: Container, place: Place): string {
  const kind = { balancer: "lb", store: "store" }[role] ?? "box";
  const volume = hasData ? note(place.x + place.width / 2, place.y + height + 16, "data in a volume") : "";
  return drawBox(kind, title, place) + volume;
}

function drawBox(kind: string, title: string, { x, y, width }: Place): string {
  const box = `<rect class="${kind}" x="${x}" y="${y}" width="${width}" height="${height}" rx="8" />`;
  return `${box}<text x="${x + width / 2}" y="${y + height / 2 + 5}">${title}</text>`;
}

function note(x: number, y: number, text: string): string {
  return `<text class="note" x="${x}" y="${y}">${text}</text>`;
}

function arrow(from: Place, to: Place): string {
  const [x, y] = [from.x + from.width, from.y + height / 2];
  const [endX, endY] = [to.x - 2, to.y + height / 2];
  const bend = (endX - x) / 2;
  return `<path class="line" d="M${x} ${y}C${x + bend} ${y} ${endX - bend} ${endY} ${endX} ${endY}" />`;
}
