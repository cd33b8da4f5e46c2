import fc from "fast-check";
import { expect, it } from "vitest";
import { RingBits } from "../../src/core/ring-bits.ts";

it("tells how far the next set place is, going round, and the whole ring when none is", () => {
  const places = fc.integer({ min: 1, max: 100 });
  fc.assert(
    fc.property(places, fc.array(fc.nat()), fc.array(fc.nat()), fc.nat(), (count, on, off, at) => {
      const bits = new RingBits(count);
      const model = new Set<number>();
      for (const place of on.map((n) => n % count)) {
        bits.set(place);
        model.add(place);
      }
      for (const place of off.map((n) => n % count)) {
        bits.clear(place);
        model.delete(place);
      }
      let distance = 0;
      while (distance < count && !model.has((at + distance) % count)) distance += 1;
      expect(bits.distance(at % count)).toBe(distance);
      const within = 1 + (at % count);
      const found = bits.distance(at % count, within);
      if (distance < within) expect(found).toBe(distance);
      else expect(found).toBeGreaterThanOrEqual(within);
    }),
  );
});
