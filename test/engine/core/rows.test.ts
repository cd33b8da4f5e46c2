import { describe, expect, it } from "vitest";
import { compiled, integersAt } from "../compiled.ts";

type Name = "newRows" | "reserve" | "column" | "start" | "length" | "setLength" | "toArray";

const engine = await compiled<Name>(`
  import { Rows } from "./engine/core/rows";

  export function newRows(): Rows {
    return new Rows();
  }

  export function reserve(rows: Rows, row: i32, length: i32): void {
    rows.reserve(row, length);
  }

  export function column(rows: Rows): StaticArray<i32> {
    return rows.column;
  }

  export function start(rows: Rows, row: i32): i32 {
    return rows.start(row);
  }

  export function length(rows: Rows, row: i32): i32 {
    return rows.length(row);
  }

  export function setLength(rows: Rows, row: i32, length: i32): void {
    rows.setLength(row, length);
  }

  export function toArray(rows: Rows, row: i32): StaticArray<i32> {
    return rows.toArray(row);
  }
`);

describe("Rows", () => {
  it("keeps what its rows have when rows or entries become more", () => {
    const rows = engine.newRows();
    const write = (row: number, entries: readonly number[]) => {
      engine.reserve(rows, row, entries.length);
      integersAt(engine, engine.column(rows)).set(entries, engine.start(rows, row));
      engine.setLength(rows, row, entries.length);
    };
    const read = (row: number) => [...integersAt(engine, engine.toArray(rows, row))];
    const long = Array.from({ length: 200 }, (_, at) => at);
    write(3, [7, 5]);
    write(300, [1, 2, 3]);
    write(4, long);

    expect([3, 300, 4].map(read)).toEqual([[7, 5], [1, 2, 3], long]);
    expect([5, 300].map((row) => engine.length(rows, row))).toEqual([0, 3]);
  });
});
