import { Digest } from "../src/core/digest.ts";

/** What a digest says that took in these words, one after the other. */
export function digestOf(words: readonly number[]): string {
  const digest = new Digest();
  for (const word of words) digest.add(word);
  return digest.hex();
}
