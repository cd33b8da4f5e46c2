import { describe, expect, it } from "vitest";
import { randomStream } from "../../src/core/random.ts";
import { arrivalTimes, type OpenProcess } from "../../src/workload/arrivals.ts";
import { kolmogorovSmirnov, moments } from "../sampling.ts";

const COUNT = 100_000;

function times(config: OpenProcess, count = COUNT): Float64Array {
  const into = new Float64Array(count);
  arrivalTimes(randomStream(3, "arrivals"), config)(into);
  return into;
}

/** Gaps, the first counted from time 0. */
function gaps(config: OpenProcess): Float64Array {
  const at = times(config);
  return at.map((seconds, i) => seconds - (at[i - 1] ?? 0));
}

const processes: OpenProcess[] = [
  { process: "poisson", rate: 4 },
  { process: "gamma", rate: 4, cv: 2 },
  { process: "deterministic", rate: 4 },
  { process: "bursty", rate: 4, burst: 3, onSeconds: 5 },
];

describe.each(processes)("the $process process", (config) => {
  it("keeps its mean rate", () => {
    expect(Math.abs((times(config).at(-1)! * config.rate) / COUNT - 1)).toBeLessThan(0.02);
  });

  it("never goes back in time", () => {
    const at = times(config);
    expect(at.every((seconds, i) => seconds >= (at[i - 1] ?? 0))).toBe(true);
  });

  it("has the same times for the same seed, and scales with the rate", () => {
    expect(times(config, 100)).toEqual(times(config, 100));
    if (config.process === "bursty") return;
    const faster = times({ ...config, rate: 400 }, 100);
    times(config, 100).forEach((seconds, i) => {
      expect(faster[i]! * 100).toBeCloseTo(seconds, 9);
    });
  });
});

describe("poisson arrivals", () => {
  it("have exponential gaps, the first before the first arrival", () => {
    const distance = kolmogorovSmirnov(
      gaps({ process: "poisson", rate: 4 }),
      (seconds) => 1 - Math.exp(-4 * seconds),
    );
    expect(distance).toBeLessThan(1.95);
  });
});

describe("gamma arrivals", () => {
  it.each([0.25, 1, 3])("have gaps of the coefficient of variation asked for: %d", (cv) => {
    const { mean, variance } = moments(gaps({ process: "gamma", rate: 4, cv }));
    expect(Math.abs(Math.sqrt(variance) / mean / cv - 1)).toBeLessThan(0.05);
  });
});

describe("deterministic arrivals", () => {
  it("are at i / rate exactly, however many have gone before", () => {
    const at = times({ process: "deterministic", rate: 3 });
    expect([at[0], at[1], at[99_999]]).toEqual([0, 1 / 3, 33_333]);
  });
});

describe("bursty arrivals", () => {
  const config: OpenProcess = { process: "bursty", rate: 4, burst: 4, onSeconds: 10 };

  it("come in bursts: counts vary more than those of a Poisson process, as theory says", () => {
    const at = times(config);
    const window = 10;
    const counts = new Float64Array(Math.floor(at.at(-1)! / window));
    for (const seconds of at)
      if (seconds < counts.length * window) counts[Math.floor(seconds / window)]!++;
    const { mean, variance } = moments(counts);
    // Var N(t) = rate·t + 2 λ² p (1 − p) (t / r − (1 − e^(−r t)) / r²), r the sum of the two switching rates.
    const [onRate, on, r] = [16, 1 / 4, 1 / 10 + 1 / 30];
    const spread = window / r - (1 - Math.exp(-r * window)) / (r * r);
    const expected = 1 + (2 * onRate ** 2 * on * (1 - on) * spread) / (config.rate * window);
    expect(Math.abs(variance / mean / expected - 1)).toBeLessThan(0.1);
  });

  it("starts in the long-run state: the first seconds of many seeds have the mean rate", () => {
    let arrivals = 0;
    for (let seed = 0; seed < 4000; seed++) {
      const fill = arrivalTimes(randomStream(seed, "arrivals"), config);
      const into = new Float64Array(1);
      for (fill(into); into[0]! < 1; fill(into)) arrivals++;
    }
    expect(Math.abs(arrivals / 4000 / config.rate - 1)).toBeLessThan(0.12);
  });

  it("is a Poisson process when it is always on", () => {
    const distance = kolmogorovSmirnov(
      gaps({ process: "bursty", rate: 4, burst: 1, onSeconds: 5 }),
      (seconds) => 1 - Math.exp(-4 * seconds),
    );
    expect(distance).toBeLessThan(1.95);
  });
});
