import nodeModule from "node:module";

/**
 * Parts of Pulumi's library, and the files of it that load them: programs need them that hand over functions to be run elsewhere. They
 * are half of what the library takes to be loaded.
 */
const parts: Record<string, RegExp> = {
  "@npmcli/arborist": /[\\/]@pulumi[\\/]pulumi[\\/]runtime[\\/]closure[\\/]codePaths\.js$/,
  "../../typescript-shim": /[\\/]@pulumi[\\/]pulumi[\\/]runtime[\\/]closure[\\/]parseFunction\.js$/,
};

interface Loader {
  _load: (request: string, parent: { filename?: string } | undefined, isMain: boolean) => object;
}

/** Has what a program does not need loaded when it is used for the first time. */
function loadWhenUsed(load: () => object): object {
  let loaded: object | undefined;
  return new Proxy(Object.create(null) as object, {
    // As a module of its own kind it is taken as it is, where a copy of what it has would be made.
    get: (_, name): unknown => name === "__esModule" || Reflect.get((loaded ??= load()), name),
  });
}

// Node has no public way to put off what a library loads. Where it loads otherwise, all is loaded as ever.
const loader = nodeModule as unknown as Loader;
const load = loader._load;
loader._load = (request, parent, isMain) => {
  const loadNow = () => load.call(nodeModule, request, parent, isMain);
  return parts[request]?.test(parent?.filename ?? "") ? loadWhenUsed(loadNow) : loadNow();
};
