import { type Audit, auditHost } from "./audit.ts";
import { instantiate, type ModuleMemory, unsigned } from "./instantiate.ts";
import { BYTES, type EngineExports } from "./module.ts";

/** What a run is asked while the engine serves (engine/host.ts). */
export interface Host {
  arriveKnown(): number;
  foresee(): number;
  arriveCaused(): number;
  ended(user: number, atNs: number): number;
  progress(ended: number): void;
}

let running: Host | null = null;
let auditing: Audit | null = null;

const host = {
  arriveKnown: () => running!.arriveKnown(),
  foresee: () => running!.foresee(),
  arriveCaused: () => running!.arriveCaused(),
  ended: (user: number, atNs: number) => running!.ended(user, atNs),
  progress: (ended: number) => running!.progress(ended),
  ...auditHost(() => auditing!, integersAt),
};

/** What the engine exports, its memory included. */
export type Engine = EngineExports & ModuleMemory;

/** The engine: allocators, schedulers and metrics, compiled to WebAssembly (docs/engine.md). Objects in it are known by their addresses. */
export const engine: Engine = instantiate<EngineExports>(Buffer.from(BYTES, "base64"), host);

/** Uses the engine, and takes back all memory that it was handed meanwhile. */
export function inEngine<T>(use: () => T): T {
  const outer = { running, auditing };
  const mark = engine.mark();
  try {
    return use();
  } finally {
    engine.release(mark);
    ({ running, auditing } = outer);
  }
}

/** Whom the engine asks from now on. */
export function serveAs(asked: Host): void {
  running = asked;
}

/** Who hears of the allocator's operations from now on, where it is checked. */
export function auditBy(audit: Audit): void {
  auditing = audit;
}

/** `count` doubles that begin at an address; good until the engine is handed more memory. */
export function doublesAt(
  address: number,
  count: number,
  { memory }: Pick<Engine, "memory"> = engine,
): Float64Array {
  return new Float64Array(memory.buffer, unsigned(address), count);
}

/** `count` 32-bit integers that begin at an address; as good as {@link doublesAt}. */
export function integersAt(address: number, count: number): Int32Array {
  return new Int32Array(engine.memory.buffer, unsigned(address), count);
}
