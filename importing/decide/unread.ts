import type { Directive } from "../nginx/tokens";
import type { Report } from "../report";
import { nameDirective, type Reading } from "./routing";

/** Directives that need no counterpart: the balancer has its own for them. */
const needless = new Set(
  `user worker_processes worker_connections worker_rlimit_nofile events multi_accept use pid error_log daemon http include default_type
  sendfile tcp_nopush tcp_nodelay keepalive_timeout keepalive_requests types types_hash_max_size server_names_hash_bucket_size server_names_hash_max_size
  variables_hash_max_size proxy_headers_hash_max_size proxy_headers_hash_bucket_size
  server_tokens log_format listen server_name root index charset http2 resolver resolver_timeout zone proxy_http_version proxy_redirect
  proxy_buffers proxy_buffer_size proxy_busy_buffers_size proxy_max_temp_file_size proxy_temp_file_write_size client_body_buffer_size client_header_buffer_size
  large_client_header_buffers client_body_timeout client_header_timeout send_timeout reset_timedout_connection gzip gzip_types gzip_vary
  gzip_proxied gzip_comp_level gzip_min_length gzip_disable gzip_buffers gzip_http_version gzip_static ssl_protocols ssl_ciphers ssl_prefer_server_ciphers
  ssl_session_cache ssl_session_timeout ssl_session_tickets ssl_dhparam ssl_ecdh_curve ssl_stapling ssl_stapling_verify ssl_trusted_certificate ssl_early_data
  open_file_cache open_file_cache_valid open_file_cache_min_uses open_file_cache_errors log_not_found chunked_transfer_encoding proxy_pass_request_headers
  proxy_pass_request_body proxy_pass_header real_ip_recursive limit_req_status limit_conn_status limit_req_log_level limit_conn_log_level proxy_intercept_errors access_log
  proxy_cache_methods proxy_cache_min_uses proxy_cache_revalidate etag if_modified_since autoindex load_module upstream location server merge_slashes
  port_in_redirect absolute_redirect server_name_in_redirect proxy_socket_keepalive ssl_buffer_size http2_max_concurrent_streams add_header expires
  proxy_hide_header grpc_set_header client_body_temp_path proxy_temp_path etag brotli brotli_types brotli_comp_level try_files keepalive map_hash_bucket_size`.split(
    /\s+/,
  ),
);

/** Those that hold others, of which each is told by itself. */
const containers = new Set("events http server location upstream types include stream mail".split(" "));

/** The balancer's own way in the place of a directive, by its name. */
const own: [RegExp, string][] = [
  [/^(?:gzip|brotli)/, "texts are compressed, unless balancer.compression says otherwise"],
  [/^ssl_/, "protocols, ciphers and sessions are the balancer's own (balancer.tls)"],
  [
    /^(?:access_log|log_format|error_log|log_not_found)$/,
    "the balancer has a log of its own (balancer.accessLog)",
  ],
  [
    /^(?:listen|server_name)$/,
    "the balancer's ports and hosts are balancer.port, balancer.tls and routes' host",
  ],
  [/^(?:zone|resolver|resolver_timeout|upstream)$/, "the balancer follows the replicas by itself"],
];

const remedies: Record<string, string> = {
  map: "it is used by what is not taken over, or by nothing. Where a directive of your own needs it, write it in balancer.httpDirectives",
  geo: "write it in balancer.httpDirectives, with the directives that use it",
  split_clients:
    "a share of requests for another version is a pool's weights, or a pool of its own behind a route",
  if: 'a condition has no setting. Write it as a directive of the route, on one line: directives: ["if (…) { … }"]',
  set: "a variable has no setting. Where a directive of your own needs it, write both in the route's directives",
  stream:
    "the balancer speaks HTTP. Let clients of other protocols use a port of the host, with a proxy of your own",
  mail: "the balancer speaks HTTP. Run a mail proxy beside the stack",
  sub_filter:
    'write it in the route\'s directives, with sub_filter_once, and proxy_set_header Accept-Encoding ""',
  mirror: "write it in the route's directives, with a location in balancer.serverDirectives",
  limit_rate: "write it in the route's directives",
  proxy_ssl_verify: "the balancer speaks to replicas without TLS, on a network of their own",
  proxy_cookie_path: "write it in the route's directives",
  proxy_cookie_domain: "write it in the route's directives",
  satisfy: "addresses alone decide, by access",
  auth_basic_user_file: "there is no password at the balancer",
};

/** Says of every directive that became nothing why, or what to do. */
export function tellUnread({ front, read, context }: Reading): void {
  const { report } = context;
  for (const missing of front.files.missing)
    report.leave(
      missing.place,
      nameDirective(missing),
      "the file is not on this machine, so what it says is not known. Copy it here, and import again.",
    );
  const visit = (directives: Directive[], inside: boolean): void => {
    for (const directive of directives) {
      const { name, block, place, args } = directive;
      const isRead = read.has(directive);
      const isOpaque =
        ["map", "geo", "split_clients", "if", "types", "stream", "mail", "limit_except"].includes(name) ||
        name.endsWith("_by_lua_block");
      if (name === "map" && args[0] === "$http_upgrade") continue;
      const isLua = /_by_lua/.test(name);
      if (!isRead && (!needless.has(name) || isLua)) {
        const written = block === undefined ? `${[name, ...args].join(" ")};` : undefined;
        const usual = `write it in ${inside ? "the route's directives" : "balancer.serverDirectives or httpDirectives"}${written === undefined ? "" : ", as it is"}`;
        report.leave(
          place,
          nameDirective(directive),
          `${remedies[name] ?? (isLua ? "the balancer's image has no Lua. Let the application do it" : usual)}.`,
        );
      }
      if (isRead) tellRead(directive, report);
      else if (needless.has(name) && !isLua) tellNeedless(directive, report);
      if (block !== undefined && !isOpaque) visit(block, inside || name === "location");
    }
  };
  visit(front.files.directives, false);
}

/** The fate of a directive that another part has read, and has said nothing of. */
function tellRead({ name, place }: Directive, report: Report): void {
  if (containers.has(name) || report.mentionsAt(place, name)) return;
  report.take(place, "directives", "balancer, routes and pools", name);
}

/** The balancer's own way in the place of a directive that needs no counterpart. */
function tellNeedless({ name, place }: Directive, report: Report): void {
  if (containers.has(name) || report.mentionsAt(place, name)) return;
  const [, why = "the balancer has its own"] = own.find(([pattern]) => pattern.test(name)) ?? [];
  report.change(place, name, `is not needed: ${why}.`);
}
