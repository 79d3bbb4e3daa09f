import { block, type Lines } from "./lines";

/** The variable `$replica_title`: what users call the replica that answered; empty when none did. */
export const replicaTitle: Lines = [
  "# Of several tries the last one counts.",
  ...block("map $upstream_addr $last_address", ['default "";', '"~(?<address>[^ ,]+)$" $address;']),
  ...block("map $last_address $replica_title", ['default "";', "include names.conf;"]),
];
