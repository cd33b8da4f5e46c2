import fc from "fast-check";
import { expect, it } from "vitest";
import { compiled } from "../compiled.ts";

const engine = await compiled<"ticksToForget">(`
  export { ticksToForget } from "./engine/core/ticks";
`);

const MOST = 2 ** 31 - 1;
const tick = fc.integer({ min: 0, max: MOST });
const ring = fc.nat(30).map((bits) => 2 ** bits);
const period = fc.oneof(fc.nat(64), fc.nat(MOST));

function leastCommonMultiple(one: bigint, other: bigint): bigint {
  let [divisor, rest] = [one, other];
  while (rest > 0n) [divisor, rest] = [rest, divisor % rest];
  return (one / divisor) * other;
}

it("forgets ticks that neither a ring nor a period can tell, all but the fewest", () => {
  fc.assert(
    fc.property(tick, ring, period, (tick, ring, period) => {
      const forgotten = engine.ticksToForget(tick, ring, period);
      const both = leastCommonMultiple(BigInt(ring), BigInt(Math.max(period, 1)));
      expect(forgotten).toBeGreaterThanOrEqual(0);
      expect(BigInt(forgotten) % both).toBe(0n);
      const left = BigInt(tick - forgotten);
      expect(left >= 0n && left < both).toBe(true);
    }),
  );
});
