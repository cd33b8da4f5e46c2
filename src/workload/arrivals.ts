import type { ArrivalsConfig } from "../config/config.ts";
import { exponential, gamma, type Sampler } from "../core/distributions.ts";
import type { Random } from "../core/random.ts";

/** Processes whose arrivals wait for nothing. */
export type OpenProcess = Exclude<ArrivalsConfig, { readonly process: "closed" }>;

/** Fills a column with what comes next. */
export type Filler = (into: Float64Array) => void;

/**
 * The arrival times of an open process, in seconds, never falling. Gaps are summed in seconds and rounded by the caller once: rounding
 * each gap would shift the rate (by several per cent at 10^5 requests a second).
 * A random process has its first arrival after its first gap; the deterministic one at 0.
 */
export function arrivalTimes(random: Random, config: OpenProcess): Filler {
  switch (config.process) {
    case "poisson":
      return cumulative(exponential(random, 1 / config.rate));
    case "gamma":
      return cumulative(gammaGaps(random, config.rate, config.cv * config.cv));
    case "deterministic":
      return every(config.rate);
    case "bursty":
      return cumulative(onOffGaps(random, config));
  }
}

function cumulative(gap: Sampler): Filler {
  let reached = 0;
  return (into) => {
    let seconds = reached;
    for (let row = 0; row < into.length; row += 1) {
      seconds += gap();
      into[row] = seconds;
    }
    reached = seconds;
  };
}

function gammaGaps(random: Random, rate: number, squaredVariation: number): Sampler {
  return gamma(random, 1 / squaredVariation, squaredVariation / rate);
}

function every(rate: number): Filler {
  let count = 0;
  return (into) => {
    for (let row = 0; row < into.length; row += 1) into[row] = count++ / rate;
  };
}

/**
 * Gaps of a Poisson process that runs only while a two-state switch is on. It is on 1 / `burst` of the time, which keeps
 * the mean rate, and starts in its long-run state: exponential times have no memory, so what is left of one is another.
 */
function onOffGaps(
  random: Random,
  { rate, burst, onSeconds }: Extract<OpenProcess, { readonly process: "bursty" }>,
): Sampler {
  const gap = exponential(random, 1 / (rate * burst));
  const on = exponential(random, onSeconds);
  const off = exponential(random, onSeconds * (burst - 1));
  let onLeft = random() * burst < 1 ? on() : 0;
  return () => {
    let onNeeded = gap();
    let seconds = 0;
    while (onNeeded > onLeft) {
      onNeeded -= onLeft;
      seconds += onLeft + off();
      onLeft = on();
    }
    onLeft -= onNeeded;
    return seconds + onNeeded;
  };
}
