import { expect, it } from "vitest";
import { type ExactTime, exactTime, TICKS_PER_NANOSECOND } from "../../../src/core/time.ts";
import { SPACE } from "../../../src/metrics/space-columns.ts";
import { compiled, sourceAt } from "../compiled.ts";
import { READS_WINDOWS, windowTotalsAt } from "./windows.ts";

const SLOTS = 2_000_000;
const WRITERS = 999_999;

const engine = await compiled<
  | ("make" | "price" | "iterate" | "finish" | "windows" | "endNs" | "endTicks" | "columns")
  | ("sums" | "carried" | "windowFrom" | "windowUntil" | "windowEndNs")
>(`${READS_WINDOWS}${sourceAt("test/engine/empty-pool.as")}
  import { Growth } from "./engine/core/growth";
  import { Clock } from "./engine/core/time";
  import { Price } from "./engine/latency/latency";
  import { Ledger } from "./engine/metrics/ledger";
  import { Iterations, Space } from "./engine/metrics/space";
  import { COLUMNS } from "./engine/metrics/space-columns";
  import { RUN_END } from "./engine/metrics/windows";

  const end = new Clock();
  const prices = new Price();
  const iterations = new Iterations();

  /** A space in which \`written\` slots are written that were not reserved, since nothing is held. */
  export function make(slots: i32, written: f64): Space {
    const ledger = new Ledger(0);
    ledger.reserved = -written;
    end.setNs(0);
    return new Space(new EmptyPool(slots), ledger, 0, RUN_END);
  }
  /** What iterations last from now on. */
  export function price(firstNs: f64, firstTicks: f64, growthNs: f64, growthTicks: f64): void {
    prices.first.setCarried(firstNs, firstTicks);
    prices.growth.setCarried(growthNs, growthTicks);
  }
  export function iterate(space: Space, steps: i32, writers: f64): void {
    end.setAfter(end, prices, steps);
    iterations.steps = steps;
    iterations.writers = writers;
    iterations.price = prices;
    iterations.growth = new Growth();
    space.passTo(end, iterations);
  }
  export function endNs(): f64 { return end.ns; }
  export function endTicks(): f64 { return end.ticks; }
  export function finish(space: Space): void { space.finish(); }
  export function windows(space: Space): Windows { return space.windows; }
  export function columns(): i32 { return COLUMNS; }
`);

const inTicks = ({ ns, ticks }: ExactTime) =>
  BigInt(ns) * BigInt(TICKS_PER_NANOSECOND) + BigInt(ticks);

/** When the iterations so far have ended. */
const end = () => inTicks({ ns: engine.endNs(), ticks: engine.endTicks() });

function setPrice(first: ExactTime, growth: ExactTime): void {
  engine.price(first.ns, first.ticks, growth.ns, growth.ticks);
}

/** What a run came to that has ended. */
function totalsOf(space: number): bigint[] {
  engine.finish(space);
  return windowTotalsAt(engine, engine.windows(space), 0);
}

it("has the columns that are read of it", () => {
  expect(engine.columns()).toBe(Object.keys(SPACE).length);
});

it("sums exactly however many write in an iteration, and however long it lasts", () => {
  const space = engine.make(SLOTS, WRITERS);
  for (let round = 1; round <= 300; round += 1) {
    const first = exactTime(9_100_000_000 + 7 * round, TICKS_PER_NANOSECOND - 1 - round);
    setPrice(first, exactTime(0, 0));
    engine.iterate(space, 1, WRITERS);
  }
  const totals = totalsOf(space);
  // Tokens written with the end of an iteration have been there for no time yet.
  expect(totals[SPACE.tokenStates]).toBe(0n);
  expect(totals[SPACE.idle]).toBe(BigInt(SLOTS) * end());
});

it("sums exactly however long a series of iterations lasts", () => {
  const steps = 50;
  const space = engine.make(SLOTS, steps);
  const [first, growth] = [exactTime(10 ** 9, 5), exactTime(1, 7)];
  setPrice(first, growth);
  engine.iterate(space, steps, 1);
  let expected = 0n;
  let ended = 0n;
  for (let step = 0; step < steps; step += 1) {
    ended += inTicks(first) + BigInt(step) * inTicks(growth);
    expected += end() - ended;
  }
  expect(ended).toBe(end());
  const totals = totalsOf(space);
  expect(totals[SPACE.tokenStates]).toBe(expected);
  expect(totals[SPACE.idle]).toBe(BigInt(SLOTS) * end());
});
