import fc from "fast-check";
import { expect, it } from "vitest";
import { Growth, inRuns, RUN } from "../../src/core/growth.ts";
import { DueRows } from "../../src/scheduler/due-rows.ts";

/** Rows of a period, and one behind them. */
const rows = fc.array(fc.array(fc.nat(99), { maxLength: 3 }), { minLength: 2, maxLength: 20 });

function filled(all: readonly (readonly number[])[]): DueRows {
  const due = new DueRows(all.length - 1, all.length);
  all.forEach((entries, row) => {
    due.reserve(row, entries.length);
    due.column.set(entries, due.start(row));
    due.setLength(row, entries.length);
  });
  return due;
}

it("gathers, tick after tick and period after period, who is due, behind what there is", () => {
  const anyTicks = fc.record({ from: fc.nat(100), ticks: fc.integer({ min: 1, max: 90 }) });
  fc.assert(
    fc.property(rows, anyTicks, fc.nat(1), (all, { from, ticks }, firstStep) => {
      const due = filled(all);
      const growth = new Growth();
      growth.add(0, 1, 0);
      due.gather(growth, from, from + ticks, firstStep);
      const served = Array.from({ length: growth.count - 1 }, (_, at) => ({
        step: growth.runs[((at + 1) << RUN.BITS) | RUN.STEP]!,
        who: [...inRuns(due.column, growth.runs, at + 1, at + 2)],
      }));
      const expected = Array.from({ length: ticks }, (_, ahead) => ({
        step: firstStep + ahead,
        who: all[(from + ahead) % (all.length - 1)]!,
      }));
      expect(served).toEqual(expected.filter(({ who }) => who.length > 0));
    }),
  );
});

it("knows how many ticks pass before there are too few rooms", () => {
  fc.assert(
    fc.property(
      rows,
      fc.nat(100),
      fc.nat(60),
      fc.integer({ min: -1, max: 80 }),
      (all, from, ticks, rooms) => {
        const period = all.length - 1;
        const due = filled(all);
        const size = all.slice(0, period).flat().length;
        let needed = 0;
        let passed = 0;
        for (; passed < ticks; passed += 1) {
          needed += all[(from + passed) % period]!.length;
          if (needed > rooms) break;
        }
        expect(due.ticksWithin(rooms, from, ticks, size)).toBe(passed);
      },
    ),
  );
});
