import fc from "fast-check";
import { expect, it } from "vitest";
import { compiled } from "../compiled.ts";

const engine = await compiled<"make" | "set" | "clear" | "distance">(`
  import { RingBits } from "./engine/core/ring-bits";
  export function make(places: i32): RingBits { return new RingBits(places); }
  export function set(bits: RingBits, place: i32): void { bits.set(place); }
  export function clear(bits: RingBits, place: i32): void { bits.clear(place); }
  export function distance(bits: RingBits, place: i32, within: i32): i32 {
    return bits.distance(place, within);
  }
`);

it("tells how far the next set place is, going round, and the whole ring when none is", () => {
  const places = fc.integer({ min: 1, max: 100 });
  fc.assert(
    fc.property(places, fc.array(fc.nat()), fc.array(fc.nat()), fc.nat(), (count, on, off, at) => {
      const bits = engine.make(count);
      const model = new Set<number>();
      for (const place of on.map((n) => n % count)) {
        engine.set(bits, place);
        model.add(place);
      }
      for (const place of off.map((n) => n % count)) {
        engine.clear(bits, place);
        model.delete(place);
      }
      let distance = 0;
      while (distance < count && !model.has((at + distance) % count)) distance += 1;
      expect(engine.distance(bits, at % count, count)).toBe(distance);
      const within = 1 + (at % count);
      const found = engine.distance(bits, at % count, within);
      if (distance < within) expect(found).toBe(distance);
      else expect(found).toBeGreaterThanOrEqual(within);
    }),
  );
});
