import { expect, it } from "vitest";
import type { Pool } from "../../src/allocators/allocator.ts";
import { NO_GROWTH } from "../../src/core/growth.ts";
import {
  Clock,
  type ExactTime,
  exactTime,
  TICKS_PER_NANOSECOND,
  ZERO_TIME,
} from "../../src/core/time.ts";
import type { Batch } from "../../src/facts.ts";
import { MutableWork } from "../../src/latency/latency.ts";
import { LedgerTotals } from "../../src/metrics/ledger.ts";
import { Space } from "../../src/metrics/space.ts";
import { SPACE } from "../../src/metrics/space-columns.ts";

const SLOTS = 2_000_000;
const WRITERS = 999_999;

/** A pool of which nothing is held. */
const pool: Pool = {
  growthSlots: 0,
  usage: { slots: SLOTS, free: SLOTS, held: 0, unusable: 0, largestHole: SLOTS },
  holding: () => null,
  inspect() {
    throw new Error("nobody looks");
  },
};

/** A space in which `written` slots are written that were not reserved, since nothing is held. */
function spaceWithout(written: number): Space {
  const holdings = new LedgerTotals();
  holdings.reserved = -written;
  return new Space(pool, holdings, 0, "end");
}

function batchOf(writers: number): Batch {
  const work = { ...new MutableWork(), decodeSequences: writers };
  return { work, firstTokens: 0, freeShare: "idle" };
}

const inTicks = ({ ns, ticks }: ExactTime) =>
  BigInt(ns) * BigInt(TICKS_PER_NANOSECOND) + BigInt(ticks);

it("sums exactly however many write in an iteration, and however long it lasts", () => {
  const space = spaceWithout(WRITERS);
  const end = new Clock();
  for (let round = 1; round <= 300; round += 1) {
    const first = exactTime(9_100_000_000 + 7 * round, TICKS_PER_NANOSECOND - 1 - round);
    end.add(first);
    const price = { first, growth: ZERO_TIME, steps: 1, transfer: ZERO_TIME };
    space.iterate({ end, steps: 1, price, batch: batchOf(WRITERS), growth: NO_GROWTH });
  }
  space.finish();
  // Tokens written with the end of an iteration have been there for no time yet.
  expect(space.windows.windowTotal(SPACE.tokenStates)).toBe(0n);
  expect(space.windows.windowTotal(SPACE.idle)).toBe(BigInt(SLOTS) * inTicks(end));
});

it("sums exactly however long a series of iterations lasts", () => {
  const steps = 50;
  const space = spaceWithout(steps);
  const end = new Clock();
  const price = {
    first: exactTime(10 ** 9, 5),
    growth: exactTime(1, 7),
    steps,
    transfer: ZERO_TIME,
  };
  end.setAfter(end, price, steps);
  space.iterate({ end, steps, price, batch: batchOf(1), growth: NO_GROWTH });
  space.finish();
  let expected = 0n;
  const ended = new Clock();
  for (let step = 1; step <= steps; step += 1) {
    ended.setAfter(ZERO_TIME, price, step);
    expected += inTicks(end) - inTicks(ended);
  }
  expect(space.windows.windowTotal(SPACE.tokenStates)).toBe(expected);
  expect(space.windows.windowTotal(SPACE.idle)).toBe(BigInt(SLOTS) * inTicks(end));
});
