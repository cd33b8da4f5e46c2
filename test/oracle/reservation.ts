/** How much a pre-allocating strategy holds for a sequence for its whole life (Kwon et al., SOSP'23, §6.1). */
export type Reserve = "max" | "pow2" | "oracle";

/** Slots that a sequence asks for at admission, once for its whole life. */
export type Reservation = (promptTokens: number, outputTokens: number) => number;

/** Slots for P prompt and O output tokens; the KV of the last output token is never written. */
export function reservation(reserve: Reserve, maxModelLen: number): Reservation {
  switch (reserve) {
    case "max":
      return () => maxModelLen;
    case "oracle":
      return (prompt, output) => prompt + output - 1;
    case "pow2":
      return (prompt, output) => Math.min(prompt + nextPowerOfTwo(output), maxModelLen);
  }
}

export function nextPowerOfTwo(value: number): number {
  let power = 1;
  while (power < value) power *= 2;
  return power;
}
