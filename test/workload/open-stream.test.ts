import { describe, expect, it } from "vitest";
import { openArrivals } from "../../src/workload/open-stream.ts";

function clock(): () => number {
  let ns = 0;
  return () => (ns += 10);
}

function arrivalsOf(stream: ReturnType<typeof openArrivals>): number[] {
  const times: number[] = [];
  for (let arrival = stream.nextArrival(); arrival !== null; arrival = stream.nextArrival())
    times.push(arrival.atNs);
  return times;
}

describe("open arrivals", () => {
  it("end after the number of requests asked for", () => {
    const stream = openArrivals(clock(), { requests: 3, durationNs: null });
    expect(arrivalsOf(stream)).toEqual([10, 20, 30]);
    expect(stream.nextArrival()).toBeNull();
  });

  it("include an arrival at the end of the duration and none after it", () => {
    const stream = openArrivals(clock(), { requests: Infinity, durationNs: 40 });
    expect(arrivalsOf(stream)).toEqual([10, 20, 30, 40]);
    expect(stream.nextArrival()).toBeNull();
  });

  it("end with their times, and depend on no user", () => {
    const stream = openArrivals(() => null, { requests: 3, durationNs: null });
    expect(stream.nextArrival()).toBeNull();
    expect(stream.nextOfUser(0, 5)).toBeNull();
  });

  it("refuse a time that cannot be simulated", () => {
    const stream = openArrivals(() => 1e19, { requests: 3, durationNs: null });
    expect(() => stream.nextArrival()).toThrow("request 0 arrives after 104 days");
  });
});
