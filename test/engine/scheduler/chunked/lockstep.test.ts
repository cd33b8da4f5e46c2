import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compiled, FORGETS_TICKS, integersAt } from "../../compiled.ts";

const module = await compiled(
  `
  import { Lockstep } from "./engine/scheduler/chunked/lockstep";
  export { mark, release } from "./engine/core/memory";

  export function newLockstep(blockSize: i32, maxTokens: i32): Lockstep {
    return new Lockstep(blockSize, maxTokens);
  }
  export function add(to: Lockstep, handle: i32, order: i32, written: i32, left: i32): void {
    to.add(handle, order, written, left);
  }
  export function remove(from: Lockstep, handle: i32): void {
    from.remove(handle);
  }
  export function advance(lockstep: Lockstep, steps: i32): void {
    lockstep.advance(steps);
  }
  export function tick(lockstep: Lockstep): i32 {
    return lockstep.tick;
  }
  export function size(lockstep: Lockstep): i32 {
    return lockstep.size;
  }
  export function contextTokens(lockstep: Lockstep): f64 {
    return lockstep.contextTokens;
  }
  export function has(lockstep: Lockstep, handle: i32): bool {
    return lockstep.has(handle);
  }
  export function written(lockstep: Lockstep, handle: i32): i32 {
    return lockstep.written(handle);
  }
  export function left(lockstep: Lockstep, handle: i32): i32 {
    return lockstep.left(handle);
  }
  export function ticksToEnd(lockstep: Lockstep): i32 {
    return lockstep.ticksToEnd();
  }
  export function ended(lockstep: Lockstep): i32 {
    return lockstep.ended;
  }
  export function endedAfter(lockstep: Lockstep, handle: i32): i32 {
    return lockstep.endedAfter(handle);
  }
  /** Who opens a block at a tick. */
  export function openers(lockstep: Lockstep, tick: i32): StaticArray<i32> {
    return lockstep.openers.toArray(lockstep.openers.rowAt(tick));
  }
`,
  {},
  { edits: FORGETS_TICKS },
);

const MAX_TOKENS = 40;

/** A request that decodes, as a list of what is left of it. */
interface Row {
  readonly handle: number;
  readonly order: number;
  written: number;
  left: number;
}

const steps = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant("add" as const),
      order: fc.nat(1000),
      written: fc.integer({ min: 1, max: 50 }),
      left: fc.integer({ min: 1, max: MAX_TOKENS }),
    }),
    fc.record({ kind: fc.constant("advance" as const), ticks: fc.integer({ min: 1, max: 9 }) }),
    fc.record({ kind: fc.constant("remove" as const), pick: fc.nat(30) }),
  ),
  { maxLength: 60, size: "max" },
);

/** A lockstep beside a list of rows that are all visited. */
class Both {
  readonly #lockstep: number;
  rows: Row[] = [];
  readonly #blockSize: number;
  #handles = 0;

  constructor(blockSize: number) {
    this.#blockSize = blockSize;
    this.#lockstep = module["newLockstep"]!(blockSize, MAX_TOKENS);
  }

  add(order: number, written: number, left: number): void {
    if (this.rows.some((row) => row.order === order)) return;
    const handle = this.#handles++;
    module["add"]!(this.#lockstep, handle, order, written, left);
    this.rows.push({ handle, order, written, left });
    this.rows.sort((a, b) => a.order - b.order);
  }

  remove(row: Row): void {
    module["remove"]!(this.#lockstep, row.handle);
    this.rows = this.rows.filter((other) => other !== row);
  }

  /** As many ticks as pass before somebody ends. */
  advance(ticks: number): void {
    if (this.rows.length === 0) return;
    const steps = Math.min(ticks, module["ticksToEnd"]!(this.#lockstep));
    expect(steps).toBeLessThanOrEqual(Math.min(...this.rows.map(({ left }) => left)));
    module["advance"]!(this.#lockstep, steps);
    for (const row of this.rows) {
      row.written += steps;
      row.left -= steps;
    }
    const ended = this.rows.filter(({ left }) => left === 0);
    expect(this.#ended()).toEqual(ended.map(({ handle }) => handle));
    for (const row of ended) this.remove(row);
  }

  expectEqual(): void {
    const { rows } = this;
    const lockstep = this.#lockstep;
    expect(module["size"]!(lockstep)).toBe(rows.length);
    expect(module["contextTokens"]!(lockstep)).toBe(
      rows.reduce((sum, { written }) => sum + written, 0),
    );
    for (const { handle, written, left } of rows)
      expect([module["written"]!(lockstep, handle), module["left"]!(lockstep, handle)]).toEqual([
        written,
        left,
      ]);
    const handles = Array.from({ length: this.#handles }, (_, handle) => handle);
    expect(handles.filter((handle) => module["has"]!(lockstep, handle) === 1)).toEqual(
      rows.map(({ handle }) => handle).toSorted((a, b) => a - b),
    );
    for (let ahead = 0; ahead < 2 * this.#blockSize; ahead += 1) {
      const due = rows.filter(({ written }) => (written + ahead) % this.#blockSize === 0);
      const openers = module["openers"]!(lockstep, module["tick"]!(lockstep) + ahead);
      expect([...integersAt(module, openers)]).toEqual(due.map(({ handle }) => handle));
    }
  }

  #ended(): number[] {
    const ended: number[] = [];
    const lockstep = this.#lockstep;
    for (let row = module["ended"]!(lockstep); row >= 0; ) {
      ended.push(row);
      row = module["endedAfter"]!(lockstep, row);
    }
    return ended;
  }
}

describe("Lockstep", () => {
  it("knows who opens a block and who ends when, in order of admission, as if all were visited", () => {
    fc.assert(
      fc.property(fc.constantFrom(1, 2, 5, 16), steps, (blockSize, program) => {
        const mark = module["mark"]!();
        const both = new Both(blockSize);
        for (const step of program) {
          if (step.kind === "add") both.add(step.order, step.written, step.left);
          else if (step.kind === "advance") both.advance(step.ticks);
          else if (both.rows.length > 0) both.remove(both.rows[step.pick % both.rows.length]!);
          both.expectEqual();
        }
        module["release"]!(mark);
      }),
    );
  });
});
