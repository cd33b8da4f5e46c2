import { describe, expect, it } from "vitest";
import { closedArrivals } from "../../src/workload/closed-loop.ts";
import type { Arrival } from "../../src/workload/workload.ts";
import { kolmogorovSmirnov } from "../sampling.ts";

const NO_LIMITS = { requests: Infinity, durationNs: null };
const thinking = { process: "closed", users: 50, thinkSeconds: 2 } as const;

function firstArrivals(stream: ReturnType<typeof closedArrivals>): Arrival[] {
  const arrivals: Arrival[] = [];
  for (let next = stream.nextArrival(); next !== null; next = stream.nextArrival())
    arrivals.push(next);
  return arrivals;
}

describe("a closed loop", () => {
  it("gives each user's first request, in order of time", () => {
    const first = firstArrivals(closedArrivals(1, thinking, NO_LIMITS));
    expect(first.map(({ user }) => user).sort((a, b) => a! - b!)).toEqual([...Array(50).keys()]);
    expect(first.map(({ atNs }) => atNs)).toEqual(
      first.map(({ atNs }) => atNs).sort((a, b) => a - b),
    );
  });

  it("thinks for exponential times", () => {
    const stream = closedArrivals(1, thinking, NO_LIMITS);
    const thoughts = Float64Array.from(
      { length: 20_000 },
      (_, i) => (stream.nextOfUser(i % 50, 1000)! - 1000) / 1e9,
    );
    expect(kolmogorovSmirnov(thoughts, (seconds) => 1 - Math.exp(-seconds / 2))).toBeLessThan(1.95);
  });

  it("gives a user the same thoughts whatever the others do", () => {
    const quiet = closedArrivals(1, thinking, NO_LIMITS);
    const busy = closedArrivals(1, thinking, NO_LIMITS);
    for (let user = 1; user < 50; user++) busy.nextOfUser(user, 0);
    expect(busy.nextOfUser(0, 7)).toBe(quiet.nextOfUser(0, 7));
  });

  it("sends at once when nobody thinks", () => {
    const stream = closedArrivals(1, { ...thinking, users: 2, thinkSeconds: 0 }, NO_LIMITS);
    expect(firstArrivals(stream)).toEqual([
      { atNs: 0, user: 0 },
      { atNs: 0, user: 1 },
    ]);
    expect(stream.nextOfUser(1, 77)).toBe(77);
  });

  it("counts first and further requests against one limit, wherever first ones are read", () => {
    for (const early of [true, false]) {
      const stream = closedArrivals(
        1,
        { ...thinking, users: 3 },
        { requests: 5, durationNs: null },
      );
      if (early) firstArrivals(stream);
      const further = [0, 1, 2].map((user) => stream.nextOfUser(user, 0) !== null);
      expect(further).toEqual([true, true, false]);
    }
  });

  it("takes the earliest users when there are more users than requests", () => {
    const all = firstArrivals(closedArrivals(1, thinking, NO_LIMITS));
    const few = firstArrivals(closedArrivals(1, thinking, { requests: 7, durationNs: null }));
    expect(few).toEqual(all.slice(0, 7));
  });

  it("sends nothing after the duration", () => {
    const stream = closedArrivals(1, thinking, { requests: Infinity, durationNs: 1e9 });
    const first = firstArrivals(stream);
    expect(first.length).toBeGreaterThan(0);
    expect(first.every(({ atNs }) => atNs <= 1e9)).toBe(true);
    expect(stream.nextOfUser(0, 1e9)).toBeNull();
  });

  it("refuses a request that comes after simulated time", () => {
    const days = (count: number) => ({ ...thinking, users: 1, thinkSeconds: count * 24 * 3600 });
    const stream = closedArrivals(1, days(1), NO_LIMITS);
    expect(() => stream.nextOfUser(0, Number.MAX_SAFE_INTEGER)).toThrow(
      "request 1 arrives after 104 days",
    );
    expect(() => closedArrivals(1, days(1e6), NO_LIMITS)).toThrow(
      "request 0 arrives after 104 days, the longest time that can be simulated; lower requests, thinkTime or timeScale, or raise rate",
    );
  });
});
