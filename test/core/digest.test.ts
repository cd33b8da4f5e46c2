import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Digest } from "../../src/core/digest.ts";

const digestOf = (values: readonly number[]) => {
  const digest = new Digest();
  for (const value of values)
    for (const word of [3, value, Math.floor(value / 2 ** 32)]) digest.add(word);
  return digest.hex();
};

describe("a digest", () => {
  it("changes when one value of the stream changes, is lost, or changes places", () => {
    const values = fc.array(fc.maxSafeNat(), { minLength: 2, maxLength: 30 });
    fc.assert(
      fc.property(values, fc.nat(), fc.integer({ min: 1, max: 1000 }), (stream, at, by) => {
        const index = at % stream.length;
        const changed = stream.with(index, (stream[index]! + by) % Number.MAX_SAFE_INTEGER);
        expect(digestOf(changed)).not.toBe(digestOf(stream));
        expect(digestOf(stream.toSpliced(index, 1))).not.toBe(digestOf(stream));
        const [first, second] = stream;
        if (first !== second)
          expect(digestOf([second!, first!, ...stream.slice(2)])).not.toBe(digestOf(stream));
      }),
    );
  });

  it("has no collision among a hundred thousand short streams", () => {
    const seen = new Set<string>();
    for (let value = 0; value < 100_000; value += 1) seen.add(digestOf([value, 7]));
    expect(seen.size).toBe(100_000);
  });
});
