import fc from "fast-check";
import { expect, test } from "vitest";
import { contiguous } from "../../../src/allocators/contiguous.ts";
import { compilePools } from "../pool.ts";

const MAX_MODEL_LEN = 2048;

/** Prompt and output that fit the model together, as the engine cuts them. */
const lengths = fc
  .integer({ min: 1, max: MAX_MODEL_LEN - 1 })
  .chain((prompt) =>
    fc.tuple(fc.constant(prompt), fc.integer({ min: 1, max: MAX_MODEL_LEN - prompt })),
  );

const pools = await compilePools('export { nextPowerOfTwo } from "./engine/core/columns";');
const { nextPowerOfTwo } = pools.module;

/** What a sequence asks for at admission, for its whole life. */
function reserved(reserve: "max" | "oracle" | "pow2", prompt: number, output: number): number {
  return pools.withMemory(() => {
    const sizes = { slots: 2 * MAX_MODEL_LEN, swapSlots: 0, maxModelLen: MAX_MODEL_LEN };
    const options = { reserve, placement: "first-fit" };
    const allocator = pools.create(contiguous, options, sizes);
    allocator.admit(pools.newGroup(0, prompt, [output], [0]));
    return allocator.holding(0)!.asked;
  });
}

test("every reservation holds what will be written, and none exceeds the model's maximum", () => {
  fc.assert(
    fc.property(lengths, ([prompt, output]) => {
      const oracle = reserved("oracle", prompt, output);
      const pow2 = reserved("pow2", prompt, output);
      expect(oracle).toBe(prompt + output - 1);
      expect(pow2).toBeGreaterThanOrEqual(oracle);
      expect(pow2).toBeLessThanOrEqual(MAX_MODEL_LEN);
      expect(reserved("max", prompt, output)).toBe(MAX_MODEL_LEN);
    }),
  );
});

test("pow2 rounds the output alone up to a power of two", () => {
  expect(reserved("pow2", 100, 1)).toBe(101);
  expect(reserved("pow2", 100, 64)).toBe(164);
  expect(reserved("pow2", 100, 65)).toBe(228);
  expect(reserved("pow2", 1500, 300)).toBe(2012);
  expect(reserved("pow2", 1500, 520)).toBe(MAX_MODEL_LEN);
});

test("the next power of two is less than twice the number", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 30 }), (number) => {
      const power = nextPowerOfTwo!(number);
      expect(Number.isInteger(Math.log2(power))).toBe(true);
      expect(power).toBeGreaterThanOrEqual(number);
      expect(power).toBeLessThan(2 * number);
    }),
  );
});
