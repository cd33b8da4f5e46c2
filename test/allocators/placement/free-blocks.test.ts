import fc from "fast-check";
import { expect, it } from "vitest";
import { FreeBlocks } from "../../../src/allocators/placement/free-blocks.ts";

it("merges a block with its buddy, and gives the lowest first", () => {
  const steps = fc.array(fc.option(fc.nat(300)), { size: "large" });
  fc.assert(
    fc.property(steps, (given) => {
      const blocks = new FreeBlocks();
      const model = new Set<number>();
      for (const block of given) {
        if (block === null) {
          if (model.size === 0) continue;
          expect(blocks.takeLowest()).toBe(Math.min(...model));
          model.delete(Math.min(...model));
        } else if (model.has(block)) expect(() => blocks.give(block)).toThrow("free");
        else {
          const merges = model.delete(block ^ 1);
          if (!merges) model.add(block);
          expect(blocks.give(block)).toBe(merges);
        }
        expect(blocks.count).toBe(model.size);
      }
      expect(blocks.ascending()).toEqual([...model].sort((a, b) => a - b));
    }),
  );
});
