import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HashTable } from "../../../src/allocators/prefix-cached/hash-table.ts";

/** All integers under a hash, in the order in which searching meets them. */
function under(table: HashTable, hash: number): number[] {
  const values: number[] = [];
  for (let slot = table.seek(hash, hash); slot >= 0; slot = table.seek(hash, slot + 1)) {
    values.push(table.at(slot));
  }
  return values;
}

describe("HashTable", () => {
  it("finds under each hash exactly what was added and not removed, crowded or growing", () => {
    const hashes = fc.oneof(fc.integer({ min: -2, max: 2 }), fc.integer());
    const operations = fc.array(fc.tuple(fc.integer({ min: 1, max: 400 }), hashes), {
      maxLength: 600,
      size: "max",
    });
    fc.assert(
      fc.property(operations, (program) => {
        const table = new HashTable();
        const model = new Map<number, number>();
        for (const [value, hash] of program) {
          const present = model.get(value);
          if (present === undefined) table.add(hash, value);
          else table.remove(present, value);
          if (present === undefined) model.set(value, hash);
          else model.delete(value);
        }
        for (const [, hash] of program) {
          const expected = [...model].filter(([, other]) => other === hash);
          expect(under(table, hash).sort()).toEqual(expected.map(([value]) => value).sort());
        }
      }),
    );
  });
});
