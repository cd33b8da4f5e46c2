import { type Compiled, compiled, sourceAt } from "../test/engine/compiled.ts";

/** AssemblyScript of a file, which works on classes of the engine and lies in its memory, compiled as these are; only once anybody asks. */
export function engineModule<Name extends string>(path: string): () => Promise<Compiled<Name>> {
  let module: Promise<Compiled<Name>> | null = null;
  return () => {
    module ??= compiled<Name>(sourceAt(path), {}, { asRun: true });
    return module;
  };
}
