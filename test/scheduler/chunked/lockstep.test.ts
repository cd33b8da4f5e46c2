import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Lockstep } from "../../../src/scheduler/chunked/lockstep.ts";

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
  readonly lockstep: Lockstep;
  rows: Row[] = [];
  readonly #blockSize: number;
  #handles = 0;

  constructor(blockSize: number) {
    this.#blockSize = blockSize;
    this.lockstep = new Lockstep(blockSize, MAX_TOKENS);
  }

  add(order: number, written: number, left: number): void {
    if (this.rows.some((row) => row.order === order)) return;
    const handle = this.#handles++;
    this.lockstep.add(handle, order, written, left);
    this.rows.push({ handle, order, written, left });
    this.rows.sort((a, b) => a.order - b.order);
  }

  remove(row: Row): void {
    this.lockstep.remove(row.handle);
    this.rows = this.rows.filter((other) => other !== row);
  }

  /** As many ticks as pass before somebody ends. */
  advance(ticks: number): void {
    if (this.rows.length === 0) return;
    const steps = Math.min(ticks, this.lockstep.ticksToEnd());
    expect(steps).toBeLessThanOrEqual(Math.min(...this.rows.map(({ left }) => left)));
    this.lockstep.advance(steps);
    for (const row of this.rows) {
      row.written += steps;
      row.left -= steps;
    }
    const ended = this.rows.filter(({ left }) => left === 0);
    expect(this.#ended()).toEqual(ended.map(({ handle }) => handle));
    for (const row of ended) this.remove(row);
  }

  expectEqual(): void {
    const { lockstep, rows } = this;
    expect(lockstep.size).toBe(rows.length);
    expect(lockstep.contextTokens).toBe(rows.reduce((sum, { written }) => sum + written, 0));
    for (const { handle, written, left } of rows)
      expect([lockstep.written(handle), lockstep.left(handle)]).toEqual([written, left]);
    for (let ahead = 0; ahead < 2 * this.#blockSize; ahead += 1) {
      const due = rows.filter(({ written }) => (written + ahead) % this.#blockSize === 0);
      const { openers, tick } = lockstep;
      const row = openers.rowAt(tick + ahead);
      expect(openers.toArray(row)).toEqual(due.map(({ handle }) => handle));
    }
  }

  #ended(): number[] {
    const ended: number[] = [];
    const { lockstep } = this;
    for (let row = lockstep.ended; row >= 0; row = lockstep.endedAfter(row)) ended.push(row);
    return ended;
  }
}

describe("Lockstep", () => {
  it("knows who opens a block and who ends when, in order of admission, as if all were visited", () => {
    fc.assert(
      fc.property(fc.constantFrom(1, 2, 5, 16), steps, (blockSize, program) => {
        const both = new Both(blockSize);
        for (const step of program) {
          if (step.kind === "add") both.add(step.order, step.written, step.left);
          else if (step.kind === "advance") both.advance(step.ticks);
          else if (both.rows.length > 0) both.remove(both.rows[step.pick % both.rows.length]!);
          both.expectEqual();
        }
      }),
    );
  });
});
