import fc from "fast-check";
import { expect, it } from "vitest";
import { IntegerSet } from "../../../src/allocators/placement/integer-set.ts";

it("knows its members and the least of them, at any capacity", () => {
  const changes = fc.array(fc.record({ member: fc.nat(), adds: fc.boolean() }), { size: "large" });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40_000 }), changes, (capacity, steps) => {
      const set = new IntegerSet(capacity);
      const members = new Set<number>();
      for (const step of steps) {
        const member = step.member % capacity;
        if (step.adds) set.add(member);
        else set.delete(member);
        if (step.adds) members.add(member);
        else members.delete(member);
        expect(set.has(member)).toBe(step.adds);
        expect(set.empty).toBe(members.size === 0);
        expect(set.min).toBe(members.size === 0 ? null : Math.min(...members));
      }
      expect(set.has(capacity + 32)).toBe(false);
    }),
  );
});
