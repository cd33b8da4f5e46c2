import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Deque } from "../../src/core/deque.ts";

describe("a deque", () => {
  it("behaves like an array pushed and popped at both ends", () => {
    const operation = fc.constantFrom("pushBack", "pushFront", "popFront", "popBack");
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 200 }), (operations) => {
        const deque = new Deque<number>();
        const model: number[] = [];
        operations.forEach((name, value) => {
          if (name === "pushBack") model.push(value);
          else if (name === "pushFront") model.unshift(value);
          const popped =
            name === "popFront" ? model.shift() : name === "popBack" ? model.pop() : undefined;
          if (name === "pushBack" || name === "pushFront") deque[name](value);
          else expect(deque[name]()).toBe(popped);
          expect(deque.toArray()).toEqual(model);
          expect([deque.size, deque.front(), deque.back()]).toEqual([
            model.length,
            model[0],
            model.at(-1),
          ]);
        });
      }),
    );
  });
});
