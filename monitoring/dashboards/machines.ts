import type { Dashboard, Query } from "./model";
import { graph, query } from "./panels";

const byDisk = "{{device}}";
const host = (figure: string, name: string): Query[] => [query(figure, name)];
const byContainer = (figure: string): Query[] => [
  query(figure, "{{role}} {{service}} {{replica}} {{store}} {{server}}"),
];

/** The host, and the containers on it. */
export const machines: Dashboard = {
  name: "machines",
  title: "Flotilla: host and containers",
  description: "Processors, memory and disks: of the host, and of each container.",
  choices: [],
  range: "1h",
  panels: [
    graph("Processors", "percentunit", host("host:cpu:ratio", "in use"), { width: 8, max: 1 }),
    graph("Memory", "percentunit", host("host:memory:ratio", "in use"), { width: 8, max: 1 }),
    graph("Load of five minutes by processor", "short", host("host:load:ratio", "load"), { width: 8 }),
    graph("Disks: in use", "percentunit", host("host:disk:ratio", byDisk), { max: 1 }),
    graph("Disks: time at work", "percentunit", host("host:disk_io:ratio", byDisk), { max: 1 }),
    graph("Processors by container", "short", byContainer("container:cpu:cores")),
    graph("Memory by container", "bytes", byContainer("container:memory:bytes")),
    graph("Processors of what a container may use", "percentunit", byContainer("container:cpu:ratio")),
    graph("Memory of what a container may use", "percentunit", byContainer("container:memory:ratio"), {
      max: 1,
    }),
  ],
};
