import { describe, expect, it } from "vitest";
import { Rows } from "../../src/core/rows.ts";

describe("Rows", () => {
  it("keeps what its rows have when rows or entries become more", () => {
    const rows = new Rows();
    const write = (row: number, entries: readonly number[]) => {
      rows.reserve(row, entries.length);
      rows.column.set(entries, rows.start(row));
      rows.setLength(row, entries.length);
    };
    const long = Array.from({ length: 200 }, (_, at) => at);
    write(3, [7, 5]);
    write(300, [1, 2, 3]);
    write(4, long);

    expect([3, 300, 4].map((row) => rows.toArray(row))).toEqual([[7, 5], [1, 2, 3], long]);
    expect([rows.length(5), rows.length(300)]).toEqual([0, 3]);
  });
});
