import fc from "fast-check";
import { expect, it } from "vitest";
import { plainRequest, SequenceGroup } from "../../src/request.ts";
import { DueSequences } from "../../src/scheduler/due-sequences.ts";

const SLOTS = 16;

/** A group that runs in row `id`, whose sequences emit their last tokens at `lastTicks`. */
function running(id: number, lastTicks: readonly number[]): SequenceGroup {
  const group = new SequenceGroup(plainRequest(id, 0, 1, lastTicks));
  group.sequences = lastTicks.map((_, index) => 10 * id + index);
  group.row = id;
  group.finishTick = Math.min(...lastTicks);
  return group;
}

const lastTicks = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 3 });
/** Groups in the order in which they come, some of which go again. */
const groups = fc.uniqueArray(
  fc.record({ id: fc.nat({ max: 40 }), lastTicks, goes: fc.boolean() }),
  {
    selector: ({ id }) => id,
    maxLength: 30,
  },
);

it("keeps sequences by the arrival of their groups, and knows what each will not need", () => {
  fc.assert(
    fc.property(groups, fc.nat({ max: 60 }), fc.nat({ max: 40 }), (all, tick, after) => {
      const due = new DueSequences();
      for (const { id, lastTicks } of all) due.insert(running(id, lastTicks));
      for (const { id, lastTicks, goes } of all)
        if (goes) expect(due.remove(id)).toBe(lastTicks.length);
      const left = all.filter(({ goes }) => !goes).sort((a, b) => a.id - b.id);
      const expected = left.flatMap(({ id, lastTicks }) => lastTicks.map((_, at) => 10 * id + at));
      expect([...due.sequences.subarray(0, due.count)]).toEqual(expected);
      expect(due.firstAfter(after)).toBe(left.find(({ id }) => id > after)?.id ?? -1);
      // At the tick of the last token one slot is still needed, before that one more for each tick.
      const spare = (last: number) => Math.max(0, SLOTS - (last - tick + 1));
      const unneeded = left.flatMap((one) => one.lastTicks).map(spare);
      const total = unneeded.reduce((sum, slots) => sum + slots, 0);
      expect([due.unneeded(tick, SLOTS), due.unneeded(tick, SLOTS)]).toEqual([total, total]);
    }),
  );
});
