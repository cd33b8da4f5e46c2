import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compiled } from "../../compiled.ts";

const tables = await compiled<"newTable" | "seek" | "at" | "add" | "remove">(`
  import { HashTable } from "./engine/allocators/prefix-cached/hash-table";

  export function newTable(): HashTable {
    return new HashTable();
  }

  export function seek(table: HashTable, hash: i32, from: i32): i32 {
    return table.seek(hash, from);
  }

  export function at(table: HashTable, slot: i32): i32 {
    return table.at(slot);
  }

  export function add(table: HashTable, hash: i32, value: i32): void {
    table.add(hash, value);
  }

  export function remove(table: HashTable, hash: i32, value: i32): void {
    table.remove(hash, value);
  }
`);

/** All integers under a hash, in the order in which searching meets them. */
function under(table: number, hash: number): number[] {
  const values: number[] = [];
  let slot = tables.seek(table, hash, hash);
  for (; slot >= 0; slot = tables.seek(table, hash, slot + 1)) values.push(tables.at(table, slot));
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
        const table = tables.newTable();
        const model = new Map<number, number>();
        for (const [value, hash] of program) {
          const present = model.get(value);
          if (present === undefined) tables.add(table, hash, value);
          else tables.remove(table, present, value);
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
