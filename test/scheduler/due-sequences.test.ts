import fc from "fast-check";
import { expect, it } from "vitest";
import { plainRequest, SequenceGroup } from "../../src/request.ts";
import { DueSequences } from "../../src/scheduler/due-sequences.ts";

const LISTS = 3;

/** A group that runs in row `id`. */
function running(id: number, width: number): SequenceGroup {
  const outputs = Array.from({ length: width }, () => 1);
  const group = new SequenceGroup(plainRequest(id, 0, 1, outputs));
  group.sequences = outputs.map((_, index) => 10 * id + index);
  group.row = id;
  return group;
}

/** Groups in the order in which they come, some of which go again. */
const groups = fc.uniqueArray(
  fc.record({
    id: fc.nat({ max: 40 }),
    list: fc.nat({ max: LISTS - 1 }),
    width: fc.integer({ min: 1, max: 3 }),
    goes: fc.boolean(),
  }),
  { selector: ({ id }) => id, maxLength: 40 },
);

it("keeps the sequences of each list by the arrival of their groups", () => {
  fc.assert(
    fc.property(groups, fc.nat({ max: 40 }), (all, after) => {
      const rows: (SequenceGroup | null)[] = [];
      const due = new DueSequences(LISTS, LISTS, rows);
      for (const { id, list, width } of all) {
        rows[id] = running(id, width);
        due.insert(list, rows[id]);
      }
      for (const { id, list, width, goes } of all) if (goes) due.remove(list, 10 * id, width);
      for (let list = 0; list < LISTS; list += 1) {
        const left = all.filter((one) => one.list === list && !one.goes);
        left.sort((a, b) => a.id - b.id);
        const expected = left.flatMap(({ id, width }) =>
          Array.from({ length: width }, (_, index) => 10 * id + index),
        );
        expect(due.toArray(list)).toEqual(expected);
        expect(due.firstAfter(list, after)?.id).toBe(left.find(({ id }) => id > after)?.id);
        const behind = left
          .filter(({ id }) => id > after)
          .flatMap(({ id, width }) => Array(width).fill(id));
        const place = due.placeAfter(list, after);
        const found = [...due.column.subarray(place, due.start(list) + expected.length)];
        expect(found.map((sequence) => due.groupOf(sequence).id)).toEqual(behind);
      }
    }),
  );
});
