import type { Tokens } from "../../request.ts";

/** Any function to 32-bit integers will do: equality is always checked, so a poor one costs time, never a wrong hit. */
export type ContentHash = (
  parent: number,
  contentId: number,
  offset: Tokens,
  length: Tokens,
) => number;

/** A multiply-and-shift mix with the constants of MurmurHash3 and xxHash. */
export function contentHash(
  parent: number,
  contentId: number,
  offset: Tokens,
  length: Tokens,
): number {
  let hash = Math.imul(parent, 0xcc9e2d51) ^ Math.imul(contentId, 0x1b873593);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b) ^ Math.imul(offset, 0x27d4eb2f);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35) + length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x165667b1);
  return hash ^ (hash >>> 15);
}
