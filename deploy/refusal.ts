/** Which setting needs a module that an image may lack. */
const needs: Record<string, string> = {
  ngx_http_brotli_filter_module: "remove balancer.compression.brotli",
  ngx_http_brotli_static_module: "remove balancer.compression.brotli",
};

/** Explains why Nginx refused the settings, with what to do where that is known. */
export function explainRefusal(output: string): string {
  const [, module = ""] = /dlopen\(\) "[^"]*\/(\w+)\.so" failed/.exec(output) ?? [];
  const { [module]: remedy } = needs;
  if (/read-only file system/i.test(output))
    return `Nginx refuses the settings, which have it write where it may not; nothing was changed. Name the folder at balancer.security.writable: it is in memory then.\n${output.trim()}`;
  if (remedy === undefined) return `Nginx refuses the settings; nothing was changed.\n${output.trim()}`;
  return `The balancer's image has no module ${module}; nothing was changed. Set balancer.image to one that has it, or ${remedy}.`;
}
