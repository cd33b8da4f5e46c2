import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Limits, OpenArrivals, type Times } from "../../src/workload/open-stream.ts";

/** Every 10 ns, so many times. */
function clock(times = Infinity): Times {
  let ns = 0;
  return (into) => {
    let row = 0;
    for (; row < into.length && ns < 10 * times; row += 1) into[row] = ns += 10;
    return row;
  };
}

function arrivalsOf(arrivals: OpenArrivals): number[] {
  const times: number[] = [];
  for (let next = arrivals.next(); next !== null; next = arrivals.next()) times.push(next.atNs);
  return times;
}

function blocksOf(arrivals: OpenArrivals, rows: number): number[][] {
  const blocks: number[][] = [];
  const into = new Float64Array(rows);
  for (let count = rows; count === rows; ) {
    count = arrivals.fill(into);
    blocks.push([...into.subarray(0, count)]);
  }
  return blocks;
}

describe("open arrivals", () => {
  it("end after the number of requests asked for", () => {
    const arrivals = new OpenArrivals(clock(), { requests: 3, durationNs: null });
    expect(arrivalsOf(arrivals)).toEqual([10, 20, 30]);
    expect(arrivals.next()).toBeNull();
  });

  it("include an arrival at the end of the duration and none after it", () => {
    const arrivals = new OpenArrivals(clock(), { requests: Infinity, durationNs: 40 });
    expect(arrivalsOf(arrivals)).toEqual([10, 20, 30, 40]);
    expect(arrivals.next()).toBeNull();
  });

  it("end with their times", () => {
    const arrivals = new OpenArrivals(clock(0), { requests: 3, durationNs: null });
    expect(arrivals.next()).toBeNull();
  });

  it("refuse a time that cannot be simulated", () => {
    const late: Times = (into) => into.fill(1e19).length;
    const arrivals = new OpenArrivals(late, { requests: 3, durationNs: null });
    expect(() => arrivals.next()).toThrow("request 0 arrives after 104 days");
  });

  it("are the same in blocks, of which only the last is not full", () => {
    const limits = fc.record<Limits>({
      requests: fc.oneof(fc.nat(20), fc.constant(Infinity)),
      durationNs: fc.option(fc.nat(200)),
    });
    fc.assert(
      fc.property(limits, fc.nat(20), fc.integer({ min: 1, max: 7 }), (limits, times, rows) => {
        const blocks = blocksOf(new OpenArrivals(clock(times), limits), rows);
        expect(blocks.flat()).toEqual(arrivalsOf(new OpenArrivals(clock(times), limits)));
        expect(blocks.slice(0, -1).every((block) => block.length === rows)).toBe(true);
      }),
    );
  });
});
