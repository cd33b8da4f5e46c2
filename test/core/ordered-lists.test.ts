import fc from "fast-check";
import { expect, it } from "vitest";
import { OrderedLists } from "../../src/core/ordered-lists.ts";

const LISTS = 70;
const NONE = "none";
const orNone = (row: number) => (row < 0 ? NONE : row);

/** A row is put into a list, or taken out of the one that it is in. */
const moves = fc.array(
  fc.record({
    row: fc.nat({ max: 200 }),
    list: fc.nat({ max: LISTS - 1 }),
    key: fc.nat({ max: 1000 }),
  }),
);

it("keeps each list in the order of its keys, and knows the next that is not empty", () => {
  fc.assert(
    fc.property(moves, fc.nat({ max: LISTS - 1 }), fc.nat({ max: 1000 }), (all, from, above) => {
      const lists = new OrderedLists(LISTS);
      const model = new Map<number, { list: number; key: number }>();
      for (const { row, list, key } of all) {
        expect(lists.listOf(row)).toBe(model.get(row)?.list ?? -1);
        lists.remove(row);
        if (model.delete(row)) continue;
        const isTaken = [...model.values()].some((other) => other.key === key);
        if (isTaken) continue;
        lists.insert(list, row, key);
        model.set(row, { list, key });
      }
      const rows = Array.from({ length: LISTS }, (_, list) =>
        [...model]
          .filter(([, { list: other }]) => other === list)
          .sort(([, a], [, b]) => a.key - b.key)
          .map(([row]) => row),
      );
      for (const [list, expected] of rows.entries()) {
        const found: number[] = [];
        for (let row = lists.first(list); row >= 0; row = lists.after(row)) found.push(row);
        expect(found).toEqual(expected);
        expect(orNone(lists.last(list))).toBe(expected.at(-1) ?? NONE);
        const next = expected.find((row) => model.get(row)!.key > above);
        expect(orNone(lists.firstAbove(list, above))).toBe(next ?? NONE);
      }
      const around = rows.map((_, ahead) => rows[(from + ahead) % LISTS]!);
      const distance = around.findIndex((list) => list.length > 0);
      expect(lists.distance(from)).toBe(distance < 0 ? LISTS : distance);
    }),
  );
});

it("refuses a row that is in a list already", () => {
  const lists = new OrderedLists(2);
  lists.insert(0, 5, 1);
  expect(() => lists.insert(1, 5, 2)).toThrow("already");
});
