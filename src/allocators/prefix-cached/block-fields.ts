/**
 * All that is known of single blocks, in one column: who touches one field of a block touches the others next, and in a large pool that
 * is what takes time.
 */
export type BlockFields = Int32Array;

/** Fields of a block. */
export const WIDTH = 4;
/** Requests that hold it. */
export const OWNERS = 0;
/** What it holds: its node × groups + its group; 0 when it is not cached. */
export const KEY = 1;
/** The next one that holds the same; 0 while no other does. */
export const EQUAL = 2;
/** Places of the free queue that it has left since they were given to it. */
export const LEFT = 3;

/** Fields of `blocks` blocks that hold nothing, the null block among them. */
export function newBlockFields(blocks: number): BlockFields {
  return new Int32Array(blocks * WIDTH);
}

/** The null block: stands where a sliding window has moved on. It is never handed out, freed or counted. */
export const NULL_BLOCK = 0;
