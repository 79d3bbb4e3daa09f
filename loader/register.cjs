// Lets Node run this project's TypeScript without a build: compiles a file once, then loads it from a cache.
// Pulumi's own way, ts-node, compiles and checks every file at every run.
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const nodeModule = require("node:module");
const path = require("node:path");

const root = path.dirname(__dirname);
const cache = path.join(root, "node_modules", ".cache", "flotilla");
const { version } = require("typescript/package.json");

nodeModule.enableCompileCache?.();

function compile(source, file) {
  const ts = require("typescript");
  const { outputText, diagnostics } = ts.transpileModule(source, {
    fileName: file,
    reportDiagnostics: true,
    compilerOptions: {
      module: ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ES2022,
      esModuleInterop: true,
    },
  });
  const fault = diagnostics.find(({ file: place }) => place !== undefined);
  if (fault === undefined) return outputText;
  // What is left of a broken program may run, and would deploy nothing in the place of what there is.
  const { line, character } = fault.file.getLineAndCharacterOfPosition(fault.start);
  const message = ts.flattenDiagnosticMessageText(fault.messageText, " ");
  throw new SyntaxError(`${file}:${line + 1}:${character + 1}: ${message}`);
}

function compileOnce(file) {
  const source = fs.readFileSync(file, "utf8");
  const key = createHash("sha256").update(`${version}\n${source}`).digest("hex");
  const cached = path.join(cache, `${path.relative(root, file).replaceAll(path.sep, "_")}.js`);
  try {
    const text = fs.readFileSync(cached, "utf8");
    if (text.startsWith(`// ${key}\n`)) return text;
  } catch {
    // Not compiled yet.
  }
  const text = `// ${key}\n${compile(source, file)}`;
  try {
    fs.mkdirSync(cache, { recursive: true });
    // Renamed into place, because a preview and an update may start at the same time.
    const temporary = `${cached}.${process.pid}`;
    fs.writeFileSync(temporary, text);
    fs.renameSync(temporary, cached);
  } catch {
    // A folder that cannot be written costs time only.
  }
  return text;
}

require.extensions[".ts"] = (module, file) => {
  // Pulumi's runner looks up source maps for the stack of every promise, half of the time of a large program.
  Error.prepareStackTrace = undefined;
  module._compile(compileOnce(file), file);
};
