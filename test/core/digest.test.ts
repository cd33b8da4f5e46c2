import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Digest, LANES } from "../../src/core/digest.ts";

const digestOf = (values: readonly number[]) => {
  const digest = new Digest();
  for (const value of values) digest.addThree(3, value, Math.floor(value / 2 ** 32));
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

  it("lets its lanes take words in by themselves", () => {
    fc.assert(
      fc.property(fc.array(fc.nat()), (words) => {
        const [one, other] = [new Digest(), new Digest()];
        for (const word of words) {
          one.add(word);
          other.first = LANES.first(other.first, word);
          other.second = LANES.second(other.second, word);
        }
        expect(other.hex()).toBe(one.hex());
      }),
    );
  });

  it("takes three words as it takes them one by one", () => {
    fc.assert(
      fc.property(fc.array(fc.maxSafeNat(), { minLength: 3, maxLength: 3 }), (words) => {
        const [one, other] = [new Digest(), new Digest()];
        for (const word of words) one.add(word);
        other.addThree(words[0]!, words[1]!, words[2]!);
        expect(other.hex()).toBe(one.hex());
      }),
    );
  });

  it("has no collision among a hundred thousand short streams", () => {
    const seen = new Set<string>();
    for (let value = 0; value < 100_000; value += 1) seen.add(digestOf([value, 7]));
    expect(seen.size).toBe(100_000);
  });
});
