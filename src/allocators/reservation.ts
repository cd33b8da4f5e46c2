import { nextPowerOfTwo } from "../core/math.ts";
import { finalTokens, type Slots, type Tokens } from "../request.ts";

/** How much a pre-allocating strategy holds for a sequence for its whole life (Kwon et al., SOSP'23, §6.1). */
export type Reserve = "max" | "pow2" | "oracle";

/** Slots that a sequence asks for at admission, once for its whole life. */
export type Reservation = (promptTokens: Tokens, outputTokens: Tokens) => Slots;

/**
 * Slots for P prompt and O output tokens: `max` = the model's maximum; `oracle` = f, what will really be written;
 * `pow2` = P plus O rounded up to a power of two, at most the maximum. The only code besides metrics that sees O.
 */
export function reservation(reserve: Reserve, maxModelLen: Tokens): Reservation {
  switch (reserve) {
    case "max":
      return () => maxModelLen;
    case "oracle":
      return finalTokens;
    case "pow2":
      return (prompt, output) => Math.min(prompt + nextPowerOfTwo(output), maxModelLen);
  }
}
