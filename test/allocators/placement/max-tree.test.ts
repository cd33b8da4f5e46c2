import fc from "fast-check";
import { expect, it } from "vitest";
import { MaxTree } from "../../../src/allocators/placement/max-tree.ts";

it("finds what a scan of the values finds", () => {
  const value = fc.nat(20);
  const change = fc.record({ index: fc.nat(99), value });
  fc.assert(
    fc.property(fc.array(change, { size: "large" }), fc.nat(130), (changes, from) => {
      const values = new Array<number>(100).fill(0);
      const tree = new MaxTree(values.length);
      for (const { index, value } of changes) {
        values[index] = value;
        tree.set(index, value);
        expect(tree.get(index)).toBe(value);
      }
      expect(tree.max).toBe(Math.max(...values));
      for (let bound = 1; bound <= 21; bound += 1) {
        const index = values.findIndex((value, index) => index >= from && value >= bound);
        expect(tree.firstAtLeast(bound, from)).toBe(index === -1 ? null : index);
      }
    }),
  );
});
