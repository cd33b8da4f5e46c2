import { expect, it } from "vitest";
import type { Pool } from "../../src/allocators/allocator.ts";
import { NO_GROWTH } from "../../src/core/growth.ts";
import { Clock, exactTime, TICKS_PER_NANOSECOND, ZERO_TIME } from "../../src/core/time.ts";
import { MutableWork } from "../../src/latency/latency.ts";
import { LedgerTotals } from "../../src/metrics/ledger.ts";
import { Space } from "../../src/metrics/space.ts";
import { SPACE } from "../../src/metrics/space-columns.ts";

const SLOTS = 2_000_000;
const WRITERS = 999_999;

it("sums exactly however many write in an iteration, and however long it lasts", () => {
  const usage = { slots: SLOTS, free: SLOTS, held: 0, unusable: 0, largestHole: SLOTS };
  const pool: Pool = {
    growthSlots: 0,
    usage,
    holding: () => null,
    inspect() {
      throw new Error("nobody looks");
    },
  };
  const holdings = new LedgerTotals();
  // Nothing is held, so what is written was not reserved.
  holdings.reserved = -WRITERS;
  const space = new Space(pool, holdings, 0, "end");
  const work = { ...new MutableWork(), decodeSequences: WRITERS };
  const [start, end] = [new Clock(), new Clock()];
  for (let round = 1; round <= 300; round += 1) {
    const first = exactTime(9_100_000_000 + 7 * round, TICKS_PER_NANOSECOND - 1 - round);
    end.add(first);
    const price = { series: { first, growth: ZERO_TIME }, steps: 1, transfer: ZERO_TIME };
    const batch = { work, firstTokens: 0, freeShare: "idle" } as const;
    space.iterate({ start, end, steps: 1, price, batch, growth: NO_GROWTH });
    start.set(end);
  }
  space.finish();
  // Tokens written with the end of an iteration have been there for no time yet.
  expect(space.windows.windowTotal(SPACE.tokenStates)).toBe(0n);
  const ticks = BigInt(end.ns) * BigInt(TICKS_PER_NANOSECOND) + BigInt(end.ticks);
  expect(space.windows.windowTotal(SPACE.idle)).toBe(BigInt(SLOTS) * ticks);
});
