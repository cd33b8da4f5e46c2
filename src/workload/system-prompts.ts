import type { PrefixConfig } from "../config/config.ts";
import { fromCumulative, type Sampler, uniformInteger } from "../core/distributions.ts";
import { exp, log } from "../core/math.ts";
import type { Random } from "../core/random.ts";
import type { Segment } from "../request.ts";

/** Draws what a prompt begins with: a system prompt, or nothing. System prompts are the contents 0 … `pool` − 1. */
export function systemPrompts(
  random: Random,
  { sharedTokens, pool, zipf }: Pick<PrefixConfig, "sharedTokens" | "pool" | "zipf">,
): () => readonly Segment[] {
  if (sharedTokens === 0) return () => [];
  const choose = zipf === 0 ? uniformInteger(random, 0, pool - 1) : zipfian(random, pool, zipf);
  return () => [{ contentId: choose(), offset: 0, length: sharedTokens }];
}

/** Draws i = 0 … `count` − 1 with weight (i + 1)^−`exponent`. */
function zipfian(random: Random, count: number, exponent: number): Sampler {
  const upTo = new Float64Array(count);
  let total = 0;
  for (let i = 0; i < count; i++) {
    total += exp(-exponent * log(i + 1));
    upTo[i] = total;
  }
  return fromCumulative(random, upTo);
}
