import nodeModule from "node:module";

/** The notes that Pulumi's library takes of each promise of its own. */
interface Notes {
  debugPromiseLeaks: boolean;
  debuggablePromise: (promise: object, context: unknown) => object;
}

/**
 * Pulumi's library notes where in the program each of its promises was made, which it tells those alone who ask for promises that do
 * not end. That is most of what a program with many resources takes.
 */
function forgoTraces(notes: Notes): void {
  const note = notes.debuggablePromise;
  notes.debuggablePromise = (promise, context) => {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
      return note(promise, context);
    } finally {
      Error.stackTraceLimit = limit;
    }
  };
}

/** Where the library has it elsewhere, all is noted as ever. */
function findNotes(): Notes | undefined {
  try {
    return nodeModule.createRequire(__filename)("@pulumi/pulumi/runtime/debuggable") as Notes;
  } catch {
    return undefined;
  }
}

const notes = findNotes();
if (notes?.debugPromiseLeaks === false && typeof notes.debuggablePromise === "function") forgoTraces(notes);
