const A: i32 = 0xcc9e2d51;
const B: i32 = 0x1b873593;
const C: i32 = 0x85ebca6b;
const D: i32 = 0x27d4eb2f;
const E: i32 = 0xc2b2ae35;
const F: i32 = 0x165667b1;

/**
 * A multiply-and-shift mix with the constants of MurmurHash3 and xxHash. Any function would do: equality is always checked, so a poor
 * one costs time, never a wrong hit.
 */
export function contentHash(parent: i32, contentId: i32, offset: i32, length: i32): i32 {
  let hash = (parent * A) ^ (contentId * B);
  hash = ((hash ^ (hash >>> 15)) * C) ^ (offset * D);
  hash = (hash ^ (hash >>> 13)) * E + length;
  hash = (hash ^ (hash >>> 16)) * F;
  return hash ^ (hash >>> 15);
}
