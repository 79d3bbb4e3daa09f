/** Settings of HAProxy: port 6379 leads to the server that most sentinels call the leader, port 6380 to the other one. */
export function renderProxy(name: string, hosts: string[], sentinels: string[]): string {
  const quorum = Math.floor(sentinels.length / 2) + 1;
  const leads = (host: string): string => `{ nbsrv(says-${host}) ge ${quorum} }`;
  const lines = [
    "global",
    "  maxconn 4000",
    "defaults",
    "  mode tcp",
    "  timeout connect 3s",
    "  timeout check 2s",
    // Redis itself ends connections that nothing uses, where that is set; subscriptions may be silent for long.
    "  timeout client 24h",
    "  timeout server 24h",
    "  option clitcpka",
    "  option srvtcpka",
    "  default-server check inter 500ms fall 2 rise 1 resolvers engine init-addr libc,none",
    "resolvers engine",
    "  nameserver dns 127.0.0.11:53",
    "  hold valid 1s",
    "  hold other 1s",
    "  hold refused 1s",
    "  hold nx 1s",
    "  hold timeout 5s",
    "frontend leader",
    "  bind :6379",
    ...hosts.map((host) => `  use_backend ${host} if ${leads(host)}`),
    "frontend read",
    "  bind :6380",
    ...hosts.flatMap((host) =>
      hosts
        .filter((other) => other !== host)
        .map((other) => `  use_backend ${host} if ${leads(other)} { nbsrv(${host}) ge 1 }`),
    ),
    ...hosts.map((host) => `  use_backend ${host} if ${leads(host)}`),
    ...hosts.flatMap((host) => [
      `backend ${host}`,
      `  server ${host} ${host}:6379 on-marked-down shutdown-sessions`,
      `backend says-${host}`,
      "  option tcp-check",
      "  tcp-check connect",
      String.raw`  tcp-check send "AUTH health health\r\n"`,
      "  tcp-check expect string +OK",
      String.raw`  tcp-check send "SENTINEL get-master-addr-by-name ${name}\r\n"`,
      String.raw`  tcp-check expect rstring \b${host}\r`,
      ...sentinels.map((sentinel) => `  server ${sentinel} ${sentinel}:26379`),
    ]),
    "",
  ];
  return lines.join("\n");
}
