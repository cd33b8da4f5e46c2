import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compiled } from "../compiled.ts";

const engine = await compiled<
  | ("mark" | "release" | "make" | "live" | "count" | "good" | "ttft" | "tpot" | "endToEnd")
  | ("normalized" | "queueing" | "preempted" | "values" | "sum" | "carried")
>(`
  import { Account } from "./engine/metrics/account";
  import { Histogram } from "./engine/metrics/histograms";
  import { Latencies } from "./engine/metrics/latencies";
  export { mark, release } from "./engine/core/memory";
  export function make(ttftSeconds: f64, tpotSeconds: f64): Latencies {
    return new Latencies(ttftSeconds, tpotSeconds);
  }
  /** A life up to its end; a preemption lasts from \`awayNs\` to \`backNs\`. */
  export function live(
    arrivalNs: f64, admittedNs: f64, firstTokenNs: f64, awayNs: f64, backNs: f64, outputTokens: f64,
  ): Account {
    const account = new Account();
    account.open(arrivalNs, outputTokens, admittedNs);
    account.emit(firstTokenNs);
    account.preemptedSinceNs = awayNs;
    account.resume(backNs);
    account.emit(backNs);
    return account;
  }
  export function count(latencies: Latencies, account: Account, endNs: f64): void {
    latencies.count(account, endNs);
  }
  export function good(latencies: Latencies): f64 { return latencies.good; }
  export function ttft(latencies: Latencies): Histogram { return latencies.ttft; }
  export function tpot(latencies: Latencies): Histogram { return latencies.tpot; }
  export function endToEnd(latencies: Latencies): Histogram { return latencies.endToEnd; }
  export function normalized(latencies: Latencies): Histogram { return latencies.normalized; }
  export function queueing(latencies: Latencies): Histogram { return latencies.queueing; }
  export function preempted(latencies: Latencies): Histogram { return latencies.preempted; }
  export function values(histogram: Histogram): f64 { return histogram.count; }
  export function sum(histogram: Histogram): f64 { return histogram.sum; }
  export function carried(histogram: Histogram): f64 { return histogram.carried; }
`);

interface Life {
  readonly times: readonly number[];
  readonly outputTokens: number;
}

/** The times of a request's life, the first when it arrives and the last when it ends. */
const life = fc.record({
  times: fc
    .array(fc.oneof(fc.nat(), fc.maxSafeNat()), { minLength: 6, maxLength: 6 })
    .map((times) => times.sort((a, b) => a - b)),
  outputTokens: fc.integer({ min: 1, max: 5 }),
});
const lives = fc.array(life, { minLength: 1 });

/** Places in the times of a life. */
const ARRIVAL = 0;
const ADMITTED = 1;
const FIRST_TOKEN = 2;
const AWAY = 3;
const BACK = 4;
const END = 5;

/** Latencies are counted of these, without an objective or with one; what they were is forgotten afterwards. */
function counted(all: readonly Life[], slo: readonly [number, number], look: (of: number) => void) {
  const mark = engine.mark();
  const latencies = engine.make(...slo);
  for (const { times, outputTokens } of all) {
    const [arrival, admitted, firstToken, away, back, end] = times;
    const account = engine.live(arrival!, admitted!, firstToken!, away!, back!, outputTokens);
    engine.count(latencies, account, end!);
  }
  look(latencies);
  engine.release(mark);
}

const wholeSum = (histogram: number) =>
  BigInt(engine.carried(histogram)) * 2n ** 52n + BigInt(engine.sum(histogram));

describe("the engine's latencies", () => {
  it("have exact sums of durations in whole nanoseconds, however long they are together", () => {
    fc.assert(
      fc.property(lives, (all) =>
        counted(all, [NaN, NaN], (latencies) => {
          const total = (from: number, to: number) =>
            all.reduce((sum, { times }) => sum + BigInt(times[to]! - times[from]!), 0n);
          expect(wholeSum(engine.endToEnd(latencies))).toBe(total(ARRIVAL, END));
          expect(wholeSum(engine.ttft(latencies))).toBe(total(ARRIVAL, FIRST_TOKEN));
          expect(wholeSum(engine.queueing(latencies))).toBe(total(ARRIVAL, ADMITTED));
          expect(wholeSum(engine.preempted(latencies))).toBe(total(AWAY, BACK));
          expect(engine.values(engine.endToEnd(latencies))).toBe(all.length);
          expect(engine.good(latencies)).toBe(0);
        }),
      ),
    );
  });

  it("are of a token where a request has more than one, and of each that it emits", () => {
    fc.assert(
      fc.property(lives, (all) =>
        counted(all, [NaN, NaN], (latencies) => {
          const of = (between: (life: Life) => number, some = all) =>
            some.reduce((sum, one) => sum + between(one), 0);
          const longer = all.filter(({ outputTokens }) => outputTokens > 1);
          const perToken = ({ times, outputTokens }: Life) =>
            (times[END]! - times[FIRST_TOKEN]!) / (outputTokens - 1);
          expect(engine.values(engine.tpot(latencies))).toBe(longer.length);
          expect(engine.sum(engine.tpot(latencies))).toBe(of(perToken, longer));
          const stay = ({ times, outputTokens }: Life) =>
            (times[END]! - times[ARRIVAL]!) / outputTokens;
          expect(engine.sum(engine.normalized(latencies))).toBe(of(stay));
        }),
      ),
    );
  });

  it("count who met both objectives", () => {
    const objective = fc.oneof(fc.nat(10), fc.constant(Infinity));
    const short = fc.record({
      times: fc
        .array(fc.nat(20), { minLength: 6, maxLength: 6 })
        .map((seconds) => seconds.sort((a, b) => a - b).map((each) => each * 1e9)),
      outputTokens: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(short), objective, objective, (all, ttft, tpot) =>
        counted(all, [ttft, tpot], (latencies) => {
          const good = all.filter(({ times, outputTokens }) => {
            const first = (times[FIRST_TOKEN]! - times[ARRIVAL]!) / 1e9;
            const rest = (times[END]! - times[FIRST_TOKEN]!) / 1e9;
            return first <= ttft && (outputTokens === 1 || rest / (outputTokens - 1) <= tpot);
          });
          expect(engine.good(latencies)).toBe(good.length);
        }),
      ),
    );
  });
});
