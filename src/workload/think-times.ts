import { exponential, type Sampler } from "../core/distributions.ts";
import { randomStream } from "../core/random.ts";

/** Exponential times in seconds from the stream `name`; a mean of 0 is no time at all. */
export function thinkTimes(seed: number, name: string, meanSeconds: number): Sampler {
  if (meanSeconds === 0) return () => 0;
  return exponential(randomStream(seed, name), meanSeconds);
}
