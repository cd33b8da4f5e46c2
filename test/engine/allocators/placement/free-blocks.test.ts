import fc from "fast-check";
import { expect, it } from "vitest";
import { compiled, integersAt } from "../../compiled.ts";

const engine = await compiled<"make" | "count" | "takeLowest" | "give" | "blocks">(`
  import { FreeBlocks } from "./engine/allocators/placement/free-blocks";
  export function make(): FreeBlocks { return new FreeBlocks(); }
  export function count(blocks: FreeBlocks): i32 { return blocks.count; }
  export function takeLowest(blocks: FreeBlocks): i32 { return blocks.takeLowest(); }
  export function give(blocks: FreeBlocks, block: i32): bool { return blocks.give(block); }
  export function blocks(blocks: FreeBlocks): StaticArray<i32> { return blocks.blocks; }
`);

it("merges a block with its buddy, and gives the lowest first", () => {
  const steps = fc.array(fc.option(fc.nat(300)), { size: "large" });
  fc.assert(
    fc.property(steps, (given) => {
      const blocks = engine.make();
      const model = new Set<number>();
      for (const block of given) {
        if (block === null) {
          if (model.size === 0) continue;
          expect(engine.takeLowest(blocks)).toBe(Math.min(...model));
          model.delete(Math.min(...model));
        } else if (model.has(block)) expect(() => engine.give(blocks, block)).toThrow("free");
        else {
          const merges = model.delete(block ^ 1);
          if (!merges) model.add(block);
          expect(engine.give(blocks, block) === 1).toBe(merges);
        }
        expect(engine.count(blocks)).toBe(model.size);
      }
      const descending = integersAt(engine, engine.blocks(blocks)).subarray(0, model.size);
      expect([...descending]).toEqual([...model].sort((a, b) => b - a));
    }),
  );
});
