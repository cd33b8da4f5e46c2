import fc from "fast-check";
import { expect, it } from "vitest";
import { Census } from "../../src/allocators/census.ts";
import { PoolColumns } from "../../src/allocators/layout.ts";

const extents = fc.array(
  fc.record({ start: fc.integer({ min: -2, max: 50 }), count: fc.integer({ min: -1, max: 9 }) }),
  { maxLength: 12 },
);

/** The census by the definition: cell by cell. */
function countedCells(cells: number, list: readonly { start: number; count: number }[]): number[] {
  const inside = list.filter(
    ({ start, count }) => start >= 0 && count >= 1 && start + count <= cells,
  );
  return Array.from(
    { length: cells },
    (_, cell) => inside.filter(({ start, count }) => start <= cell && cell < start + count).length,
  );
}

it.each([true, false])("counts every cell of a pool (each cell a piece: %s)", (byCell) => {
  const census = new Census();
  const pool = new PoolColumns();
  fc.assert(
    fc.property(fc.nat(48), extents, extents, (cells, named, free) => {
      pool.clear(cells);
      for (const { start, count } of named) pool.tables.extents.add(start, count);
      pool.tables.close(70);
      for (const { start, count } of free) pool.free.add(start, count);
      census.take(pool, byCell);
      const owners = countedCells(cells, named);
      const timesFree = countedCells(cells, free);
      const seen = Array.from({ length: cells }, (_, cell) => census.pieceAt(cell));
      expect(seen.map((piece) => census.owners[piece])).toEqual(owners);
      expect(seen.map((piece) => census.timesFree[piece])).toEqual(timesFree);
      expect(census.heldCells).toBe(owners.filter((count) => count > 0).length);
      expect(census.freeCells).toBe(timesFree.filter((count) => count > 0).length);
      expect(census.mostOwners).toBe(Math.max(0, ...owners));
      expect(census.start(census.count)).toBe(cells);
      const misplaced = owners.findIndex((count, at) => Math.min(count, 1) + timesFree[at]! !== 1);
      expect(census.misplaced < 0 ? -1 : census.start(census.misplaced)).toBe(misplaced);
      expect(census.outside === null).toBe(
        [...named, ...free].every(
          ({ start, count }) => start >= 0 && count >= 1 && start + count <= cells,
        ),
      );
      expect([census.tableOf(70), census.tableOf(3), census.tableOf(500)]).toEqual([0, -1, -1]);
    }),
  );
});
