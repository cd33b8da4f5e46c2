import { describe, expect, it } from "vitest";
import {
  ExtentColumns,
  extentList,
  PoolColumns,
  TableColumns,
  tableLists,
} from "../../src/allocators/layout.ts";

const MANY = 1000;

describe("columns of extents", () => {
  it("keep the order in which single cells and longer extents come, however many", () => {
    const columns = new ExtentColumns();
    const cells = Int32Array.from({ length: MANY }, (_, at) => 3 * at);
    columns.addCells(cells, 1, MANY);
    expect(columns.counts).toBeNull();
    columns.add(7, 2);
    columns.addCells(cells, 0, 1);
    columns.addCell(5);
    const singles = Array.from(cells.subarray(1), (start) => ({ start, count: 1 }));
    const others = [
      { start: 7, count: 2 },
      { start: 0, count: 1 },
      { start: 5, count: 1 },
    ];
    expect(extentList(columns)).toEqual([...singles, ...others]);
  });

  it("are empty again when they are cleared", () => {
    const columns = new ExtentColumns();
    columns.add(7, 2);
    columns.clear();
    columns.addCell(4);
    expect(extentList(columns)).toEqual([{ start: 4, count: 1 }]);
    expect(columns.counts).toBeNull();
  });
});

describe("columns of tables", () => {
  it("tell the tables of sequences apart, empty ones too", () => {
    const columns = new TableColumns();
    for (let sequence = 0; sequence < MANY; sequence += 1) {
      for (let cell = 0; cell < sequence % 3; cell += 1) columns.extents.addCell(sequence + cell);
      columns.close(MANY - sequence);
    }
    const lists = tableLists(columns);
    expect(lists.size).toBe(MANY);
    expect(lists.get(MANY)).toEqual([]);
    expect(lists.get(MANY - 5)).toEqual([
      { start: 5, count: 1 },
      { start: 6, count: 1 },
    ]);
  });
});

describe("a copy of a pool", () => {
  it("stays as it is when the original changes", () => {
    const [pool, copy] = [new PoolColumns(), new PoolColumns()];
    pool.clear(MANY);
    pool.tables.extents.add(2, 3);
    pool.tables.close(8);
    for (let cell = 5; cell < MANY; cell += 1) pool.free.addCell(cell);
    copy.copy(pool);
    pool.clear(2);
    pool.free.add(0, 2);
    expect(copy.cells).toBe(MANY);
    expect(tableLists(copy.tables)).toEqual(new Map([[8, [{ start: 2, count: 3 }]]]));
    expect(extentList(copy.free)).toHaveLength(MANY - 5);
  });
});
