import { fail } from "../core/assert.ts";
import { TimeLimitError, TOO_LATE } from "../core/time.ts";

/** What is used of WebAssembly, which the types of Node do not know. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
};

/** The memory of a module; its buffer is another one when the module has needed more. */
export interface ModuleMemory {
  readonly memory: { readonly buffer: ArrayBuffer };
}

/** What a module compiled from AssemblyScript exports; `host` is what it imports from there. A broken promise in it throws an AssertionError. */
export function instantiate<Exports>(bytes: Uint8Array, host: object): Exports & ModuleMemory {
  const abort = (message: number) => end(textAt(exports, message));
  const module = new WebAssembly.Module(bytes);
  const instance = new WebAssembly.Instance(module, { env: { abort }, host });
  const exports = instance.exports as Exports & ModuleMemory;
  return exports;
}

/** Ends what runs in the module, as it asks: that simulated time runs out breaks no promise. */
function end(message: string): never {
  if (message === TOO_LATE) throw new TimeLimitError();
  fail(message);
}

/** A text of AssemblyScript: UTF-16, its length in bytes in front. */
function textAt({ memory: { buffer } }: ModuleMemory, address: number): string {
  const at = unsigned(address);
  const [bytes] = new Uint32Array(buffer, at - 4, 1);
  return String.fromCharCode(...new Uint16Array(buffer, at, bytes! / 2));
}

/** Addresses beyond 2 GiB come as negative numbers. */
export function unsigned(address: number): number {
  return address >>> 0;
}
