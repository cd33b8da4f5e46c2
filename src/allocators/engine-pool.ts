import type { Engine } from "../engine/engine.ts";
import type { SequenceId, Slots } from "../request.ts";
import type { Extents, Layout, Pool, PoolLayout, PoolUsage, SequenceHolding } from "./pool.ts";

/** Codes of engine/allocators/layout.ts. */
const MERGES = [undefined, "neighbours", "buddies"] as const;

/** A pool of the engine, as checks see it. */
export class EnginePool implements Pool {
  readonly growthSlots: Slots;
  private readonly engine: Engine;
  /** Addresses of the pool, and of what it is described in. */
  private readonly pool: number;
  private readonly layout: number;

  constructor(engine: Engine, pool: number) {
    this.engine = engine;
    this.pool = pool;
    this.layout = engine.newLayout();
    this.growthSlots = engine.growthSlots(pool);
  }

  get usage(): PoolUsage {
    const { engine, pool } = this;
    const slots = engine.allSlots(pool);
    const free = engine.freeSlots(pool);
    const unusable = engine.unusableSlots(pool);
    return {
      slots,
      free,
      held: slots - unusable - free,
      unusable,
      largestHole: engine.largestHole(pool),
      cached: engine.cachedSlots(pool),
    };
  }

  holding(sequence: SequenceId): SequenceHolding | null {
    const { engine, pool } = this;
    if (engine.holds(pool, sequence) === 0) return null;
    const held = engine.held(pool, sequence);
    return {
      held,
      asked: engine.asked(pool, sequence),
      shared: engine.shared(pool, sequence),
    };
  }

  inspect(): Layout {
    const address = this.engine.describe(this.pool, this.layout);
    const columns = new Columns(this.engine.memory.buffer, address);
    const cellSlots = columns.next();
    const merges = MERGES[columns.next()];
    const owners = columns.next();
    const gpu = columns.nextPool();
    const cpu = columns.nextPool();
    return {
      cellSlots,
      ...gpu,
      ...(merges && { merges }),
      referenceCounts: owners === 0 ? null : columns.at(owners, gpu.cells),
      cpu: cpu.cells === 0 ? null : cpu,
    };
  }
}

/** Reads what engine/allocators/layout.ts says of a pool: numbers, and addresses of columns. */
class Columns {
  private readonly buffer: ArrayBuffer;
  private readonly fields: Int32Array;
  #place = 0;

  constructor(buffer: ArrayBuffer, address: number) {
    this.buffer = buffer;
    this.fields = new Int32Array(buffer, address >>> 0);
  }

  next(): number {
    this.#place += 1;
    return this.fields[this.#place - 1]!;
  }

  nextPool(): PoolLayout {
    const cells = this.next();
    const count = this.next();
    const sequences = this.at(this.next(), count);
    const offsets = this.at(this.next(), count + 1);
    const extents = this.nextExtents();
    return { cells, tables: { count, sequences, offsets, extents }, free: this.nextExtents() };
  }

  nextExtents(): Extents {
    const length = this.next();
    const starts = this.at(this.next(), length);
    const counts = this.next();
    return { length, starts, counts: counts === 0 ? null : this.at(counts, length) };
  }

  at(address: number, length: number): Int32Array {
    return new Int32Array(this.buffer, address >>> 0, length);
  }
}
