import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ArrivalQueue, PriorityQueue } from "../../../src/scheduler/chunked/waiting-queue.ts";

const items = fc.array(fc.record({ priority: fc.integer({ min: 0, max: 3 }), id: fc.nat() }));

describe("a queue by arrival", () => {
  it("lets those go first who were running, the last put back before all others", () => {
    const queue = new ArrivalQueue<string>();
    for (const name of ["a", "b"]) queue.enqueue(name);
    for (const name of ["c", "d"]) queue.putBack(name);
    expect(queue.toArray()).toEqual(["d", "c", "a", "b"]);
  });
});

describe("a queue by priority", () => {
  it("gives what a stable sort gives, however its items came, and all of it", () => {
    fc.assert(
      fc.property(items, (coming) => {
        const queue = new PriorityQueue<(typeof coming)[number]>((a, b) => a.priority - b.priority);
        for (const [at, item] of coming.entries())
          if (at % 2 === 0) queue.enqueue(item);
          else queue.putBack(item);
        const sorted = coming.toSorted((a, b) => a.priority - b.priority);
        expect(queue.size).toBe(sorted.length);
        expect(queue.toArray()).toEqual(sorted);
        expect(sorted.map(() => [queue.front(), queue.popFront()])).toEqual(
          sorted.map((item) => [item, item]),
        );
        expect(queue.popFront()).toBeUndefined();
      }),
    );
  });
});
