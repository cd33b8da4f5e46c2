import fc from "fast-check";
import { expect, it } from "vitest";
import { compiled, integersAt } from "../../compiled.ts";

const module = await compiled(`
  import { COUNT, FROM, Growth, BITS, STEP } from "./engine/core/growth";
  import { DueRows } from "./engine/scheduler/chunked/due-rows";
  export { mark, release } from "./engine/core/memory";

  export function newRows(period: i32, rows: i32): DueRows {
    return new DueRows(period, rows);
  }
  export function push(due: DueRows, row: i32, entry: i32): void {
    const length = due.length(row);
    due.reserve(row, length + 1);
    due.column[due.start(row) + length] = entry;
    due.setLength(row, length + 1);
  }
  export function dueAt(due: DueRows, tick: i32): i32 {
    return due.dueAt(tick);
  }
  export function toArray(due: DueRows, row: i32): StaticArray<i32> {
    return due.toArray(row);
  }
  export function remove(due: DueRows, row: i32, first: i32, count: i32): void {
    due.remove(row, first, count);
  }
  export function ticksWithin(due: DueRows, rooms: i32, from: i32, ticks: i32, size: i32): i32 {
    return due.ticksWithin(rooms, from, ticks, size);
  }
  export function newGrowth(): Growth {
    const growth = new Growth();
    growth.add(0, 1, 0);
    return growth;
  }
  export function gather(due: DueRows, growth: Growth, from: i32, until: i32, step: i32): void {
    due.gather(growth, from, until, step);
  }
  export function runs(growth: Growth): i32 {
    return growth.count;
  }
  export function stepOf(growth: Growth, run: i32): i32 {
    return growth.runs[(run << BITS) + STEP];
  }
  export function entriesOf(due: DueRows, growth: Growth, run: i32): StaticArray<i32> {
    const entries = new StaticArray<i32>(growth.runs[(run << BITS) + COUNT]);
    const from = growth.runs[(run << BITS) + FROM];
    for (let at = 0; at < entries.length; at += 1) entries[at] = due.column[from + at];
    return entries;
  }
`);

/** Rows of a period, and one behind them. */
const rows = fc.array(fc.array(fc.nat(99), { maxLength: 3 }), { minLength: 2, maxLength: 20 });

/** Rows with these entries, until the use of them ends. */
function withRows(all: readonly (readonly number[])[], use: (due: number) => void): void {
  const mark = module["mark"]!();
  const due = module["newRows"]!(all.length - 1, all.length);
  for (const [row, entries] of all.entries())
    for (const entry of entries) module["push"]!(due, row, entry);
  use(due);
  module["release"]!(mark);
}

it("gathers, tick after tick and period after period, who is due, behind what there is", () => {
  const anyTicks = fc.record({ from: fc.nat(100), ticks: fc.integer({ min: 1, max: 90 }) });
  fc.assert(
    fc.property(rows, anyTicks, fc.nat(1), (all, { from, ticks }, firstStep) =>
      withRows(all, (due) => {
        const growth = module["newGrowth"]!();
        module["gather"]!(due, growth, from, from + ticks, firstStep);
        const served = Array.from({ length: module["runs"]!(growth) - 1 }, (_, at) => ({
          step: module["stepOf"]!(growth, at + 1),
          who: [...integersAt(module, module["entriesOf"]!(due, growth, at + 1))],
        }));
        const expected = Array.from({ length: ticks }, (_, ahead) => ({
          step: firstStep + ahead,
          who: all[(from + ahead) % (all.length - 1)]!,
        }));
        expect(served).toEqual(expected.filter(({ who }) => who.length > 0));
        const period = all.length - 1;
        expect(module["dueAt"]!(due, from)).toBe(all[from % period]!.length);
      }),
    ),
  );
});

it("knows how many ticks pass before there are too few rooms", () => {
  fc.assert(
    fc.property(
      rows,
      fc.nat(100),
      fc.nat(60),
      fc.integer({ min: -1, max: 80 }),
      (all, from, ticks, rooms) =>
        withRows(all, (due) => {
          const period = all.length - 1;
          const size = all.slice(0, period).flat().length;
          let needed = 0;
          let passed = 0;
          for (; passed < ticks; passed += 1) {
            needed += all[(from + passed) % period]!.length;
            if (needed > rooms) break;
          }
          expect(module["ticksWithin"]!(due, rooms, from, ticks, size)).toBe(passed);
        }),
    ),
  );
});

it("takes neighbours out of a row, and refuses those who are not in it", () => {
  withRows([[5, 6, 7, 8], [9]], (due) => {
    module["remove"]!(due, 0, 6, 2);
    expect([...integersAt(module, module["toArray"]!(due, 0))]).toEqual([5, 8]);
    expect(() => module["remove"]!(due, 0, 6, 1)).toThrow("who is not due is taken out");
  });
});
