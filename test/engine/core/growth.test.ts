import fc from "fast-check";
import { expect, it } from "vitest";
import { compiled } from "../compiled.ts";

type Name =
  | ("newGrowth" | "clear" | "add" | "lose" | "setEvicted" | "sum" | "takeUntil")
  | ("grown" | "unneeded" | "evicted" | "total" | "linear" | "square" | "later");

const engine = await compiled<Name>(`
  import { BITS, EVICTED, Growth, HandedOut } from "./engine/core/growth";

  export function newGrowth(): Growth {
    return new Growth();
  }

  export function clear(growth: Growth): void {
    growth.clear();
  }

  export function add(growth: Growth, step: i32, count: i32, from: i32): void {
    growth.add(step, count, from);
  }

  export function lose(growth: Growth, step: i32, slots: i32): void {
    growth.lose(step, slots);
  }

  export function setEvicted(growth: Growth, run: i32, evicted: i32): void {
    growth.runs[(run << BITS) + EVICTED] = evicted;
  }

  export function sum(growth: Growth): void {
    growth.sum();
  }

  export function takeUntil(growth: Growth, step: i32, whole: Growth): void {
    growth.takeUntil(step, whole);
  }

  export function grown(growth: Growth): HandedOut {
    return growth.grown;
  }

  export function unneeded(growth: Growth): HandedOut {
    return growth.unneeded;
  }

  export function evicted(growth: Growth): HandedOut {
    return growth.evicted;
  }

  export function total(sums: HandedOut): f64 {
    return sums.total;
  }

  export function linear(sums: HandedOut): f64 {
    return sums.linear;
  }

  export function square(sums: HandedOut): f64 {
    return sums.square;
  }

  export function later(sums: HandedOut): f64 {
    return sums.later;
  }
`);

interface Entry {
  readonly step: number;
  readonly grown: number;
  readonly unneeded: number;
  readonly evicted: number;
}

interface HandedOut {
  readonly total: number;
  readonly linear: number;
  readonly square: number;
  readonly later: number;
}

type Amount = "grown" | "unneeded" | "evicted";

const AMOUNTS: readonly Amount[] = ["grown", "unneeded", "evicted"];

/** What is handed out in a series, step after step. */
const series = fc
  .array(
    fc.record({
      step: fc.nat(60),
      grown: fc.integer({ min: 1, max: 50 }),
      unneeded: fc.nat(100),
      evicted: fc.nat(50),
    }),
    { maxLength: 100, size: "max" },
  )
  .map((entries) => entries.sort((a, b) => a.step - b.step));

function tell(growth: number, entries: readonly Entry[]): void {
  entries.forEach(({ step, grown, unneeded, evicted }, run) => {
    engine.add(growth, step, grown, 100 * run);
    if (unneeded > 0) engine.lose(growth, step, unneeded);
    engine.setEvicted(growth, run, evicted);
  });
  engine.sum(growth);
}

/** How many iterations, and how many pairs of them, have ended for each of an amount when it is handed out, visited one by one. */
function sums(entries: readonly Entry[], amount: Amount, until: number): HandedOut {
  const sum = { total: 0, linear: 0, square: 0, later: 0 };
  for (const { step, ...entry } of entries) {
    sum.total += entry[amount];
    if (step > until) sum.later += entry[amount];
    else
      for (let ended = 0; ended < step; ended += 1) {
        sum.linear += entry[amount];
        sum.square += entry[amount] * ended;
      }
  }
  return sum;
}

function handedOut(growth: number, amount: Amount): HandedOut {
  const address = engine[amount](growth);
  return {
    total: engine.total(address),
    linear: engine.linear(address),
    square: engine.square(address),
    later: engine.later(address),
  };
}

function expectSums(growth: number, entries: readonly Entry[], until: number): void {
  for (const amount of AMOUNTS)
    expect(handedOut(growth, amount), amount).toEqual(sums(entries, amount, until));
}

it("sums what was handed out, and when, of one series after the other and of its first steps", () => {
  const edges = fc.array(fc.nat(60));
  fc.assert(
    fc.property(fc.array(fc.tuple(series, edges), { maxLength: 4 }), (all) => {
      const whole = engine.newGrowth();
      const part = engine.newGrowth();
      for (const [entries, untils] of all) {
        engine.clear(whole);
        tell(whole, entries);
        expectSums(whole, entries, Number.POSITIVE_INFINITY);
        for (const until of untils) {
          engine.takeUntil(part, until, whole);
          expectSums(part, entries, until);
        }
      }
    }),
  );
});
