import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { newBlockFields } from "../../../src/allocators/prefix-cached/block-fields.ts";
import { FreeQueue } from "../../../src/allocators/prefix-cached/free-queue.ts";

type Step =
  | { readonly kind: "take"; readonly count: number }
  | { readonly kind: "append" | "remove"; readonly pick: number };

const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant("take" as const), count: fc.nat(4) }),
    fc.record({ kind: fc.constantFrom("append" as const, "remove" as const), pick: fc.nat(30) }),
  ),
);

/** The same step on an array of free blocks and one of taken ones. */
function onArrays(step: Step, free: number[], taken: number[]): void {
  if (step.kind === "take") taken.push(...free.splice(0, step.count));
  else if (step.kind === "append") free.push(...taken.splice(step.pick % taken.length, 1));
  else taken.push(...free.splice(step.pick % free.length, 1));
}

describe("FreeQueue", () => {
  it("is an array of blocks, taken from the front, appended at the end, removed anywhere", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), steps, (blocks, program) => {
        const queue = new FreeQueue(newBlockFields(blocks));
        const free = Array.from({ length: blocks - 1 }, (_, index) => index + 1);
        const taken: number[] = [];
        for (const step of program) {
          if (step.kind === "take" && step.count > free.length) continue;
          if (step.kind !== "take" && (step.kind === "append" ? taken : free).length === 0)
            continue;
          const places = new Int32Array(8);
          if (step.kind === "take")
            queue.take(Int32Array.of(step.count), new Int32Array(1), 1, places, 2);
          else if (step.kind === "append")
            queue.give(Int32Array.of(taken[step.pick % taken.length]!), 0, 1, 0);
          else queue.remove(free[step.pick % free.length]!);
          const before = taken.length;
          onArrays(step, free, taken);
          expect(queue.toArray()).toEqual(free);
          expect(queue.count).toBe(free.length);
          if (step.kind !== "take") continue;
          expect([...places.subarray(2, 2 + step.count)]).toEqual(taken.slice(before));
        }
      }),
    );
  });

  it("never hands out more than is free", () => {
    const queue = new FreeQueue(newBlockFields(4));
    expect(() => queue.take(Int32Array.of(4), new Int32Array(1), 1, new Int32Array(4), 0)).toThrow(
      "than are free",
    );
  });
});
