/**
 * What is known of single blocks that somebody can ask for, in one column: who touches one field of a block touches the other next, and in
 * a large pool that is what takes time.
 */
export type BlockFields = Int32Array;

/**
 * Fields of a block: field f of block b is at b << BITS | f. A module that goes through many blocks takes them apart into constants of
 * its own, which V8 folds.
 */
export const BLOCK = {
  BITS: 1,
  /** With a key: how many requests hold it; of a free one −1 − its place in the queue of free ones. */
  OWNERS: 0,
  /**
   * What it holds: its node × groups + its group. One's own key < 0 for the first of the blocks that a request has lost and nobody else can
   * ask for. 0 when nobody can ask for what it holds: then it is free or has one owner.
   */
  KEY: 1,
} as const;

/** The null block: stands where a sliding window has moved on. It is never handed out, freed or counted. */
export const NULL_BLOCK = 0;

/** Fields of `blocks` blocks that nobody can ask for, the null block among them. */
export function newBlockFields(blocks: number): BlockFields {
  return new Int32Array(blocks << BLOCK.BITS);
}
