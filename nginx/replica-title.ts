import { block, type Lines } from "./lines";

/** The variable `$replica_title`: what users call the replica that answered; empty when none did. */
export const replicaTitle: Lines = [
  "# Of several tries the last one counts; of one alone no pattern is needed.",
  ...block("map $upstream_addr $last_address", ['default "";', '"~(?<address>[^ ,]+)$" $address;']),
  ...block("map $last_address $last_title", ['default "";', "include names.conf;"]),
  ...block("map $upstream_addr $replica_title", ["default $last_title;", "include names.conf;"]),
];
