import fc from "fast-check";
import { expect, it } from "vitest";
import { compiled } from "../compiled.ts";

const engine = await compiled<
  "make" | "first" | "last" | "after" | "listOf" | "firstAbove" | "insert" | "remove" | "distance"
>(`
  import { OrderedLists } from "./engine/core/ordered-lists";
  export function make(lists: i32): OrderedLists { return new OrderedLists(lists); }
  export function first(lists: OrderedLists, list: i32): i32 { return lists.first(list); }
  export function last(lists: OrderedLists, list: i32): i32 { return lists.last(list); }
  export function after(lists: OrderedLists, row: i32): i32 { return lists.after(row); }
  export function listOf(lists: OrderedLists, row: i32): i32 { return lists.listOf(row); }
  export function firstAbove(lists: OrderedLists, list: i32, key: i32): i32 {
    return lists.firstAbove(list, key);
  }
  export function insert(lists: OrderedLists, list: i32, row: i32, key: i32): void {
    lists.insert(list, row, key);
  }
  export function remove(lists: OrderedLists, row: i32): void { lists.remove(row); }
  export function distance(lists: OrderedLists, list: i32): i32 { return lists.distance(list); }
`);

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
      const lists = engine.make(LISTS);
      const model = new Map<number, { list: number; key: number }>();
      for (const { row, list, key } of all) {
        expect(engine.listOf(lists, row)).toBe(model.get(row)?.list ?? -1);
        engine.remove(lists, row);
        if (model.delete(row)) continue;
        const isTaken = [...model.values()].some((other) => other.key === key);
        if (isTaken) continue;
        engine.insert(lists, list, row, key);
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
        for (let row = engine.first(lists, list); row >= 0; row = engine.after(lists, row))
          found.push(row);
        expect(found).toEqual(expected);
        expect(orNone(engine.last(lists, list))).toBe(expected.at(-1) ?? NONE);
        const next = expected.find((row) => model.get(row)!.key > above);
        expect(orNone(engine.firstAbove(lists, list, above))).toBe(next ?? NONE);
      }
      const around = rows.map((_, ahead) => rows[(from + ahead) % LISTS]!);
      const distance = around.findIndex((list) => list.length > 0);
      expect(engine.distance(lists, from)).toBe(distance < 0 ? LISTS : distance);
    }),
  );
});

it("refuses a row that is in a list already", () => {
  const lists = engine.make(2);
  engine.insert(lists, 0, 5, 1);
  expect(() => engine.insert(lists, 1, 5, 2)).toThrow("already");
});
