// @ts-check
// Loaded by Node before a program of Pulumi's. Its library loads npm's tree of packages and the TypeScript compiler each time, half
// a second in all, for functions that are sent elsewhere; both come here with their first use.
const nodeModule = require("node:module");

const late = new Set(["@npmcli/arborist", "typescript"]);
/** @type {{ _load: (request: string, ...rest: unknown[]) => unknown }} */
const loader = /** @type {any} */ (nodeModule);
const load = loader._load;

loader._load = function (request, ...rest) {
  const [asker] = /** @type {[{ filename?: string } | undefined]} */ (rest);
  const isLate = late.has(request) && /[\\/]@pulumi[\\/]pulumi[\\/]/.test(asker?.filename ?? "");
  if (!isLate) return load.call(this, request, ...rest);
  /** @type {any} */
  let loaded;
  const take = () => (loaded ??= load.call(this, request, ...rest));
  return new Proxy(
    {},
    {
      // Whoever takes it in as a module of ours copies nothing out of it.
      get: (_, name) =>
        name === "__esModule" ? true : name === "default" ? (take().default ?? take()) : take()[name],
      has: (_, name) => name in take(),
    },
  );
};
