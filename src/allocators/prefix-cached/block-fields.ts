/**
 * All that is known of single blocks, in one column: who touches one field of a block touches the others next, and in a large pool that
 * is what takes time.
 */
export type BlockFields = Int32Array;

/**
 * Fields of a block: field f of block b is at b << BITS | f. A module that goes through many blocks takes them apart into constants of
 * its own, which V8 folds.
 */
export const BLOCK = {
  BITS: 2,
  /** Requests that hold it. */
  OWNERS: 0,
  /** What it holds: its node × groups + its group, or `UNNAMED`; 0 when it is not cached. */
  KEY: 1,
  /** While it is free: the block behind it in the queue of free ones, and the one before it. The null block stands at both ends. */
  NEXT: 2,
  BEFORE: 3,
  /** The key of a cached block that nobody can ask for: it has no name, and only counts until it is handed out again. */
  UNNAMED: -1,
} as const;

/** The null block: stands where a sliding window has moved on. It is never handed out, freed or counted. */
export const NULL_BLOCK = 0;

/** Fields of `blocks` blocks that hold nothing, the null block among them. */
export function newBlockFields(blocks: number): BlockFields {
  return new Int32Array(blocks << BLOCK.BITS);
}
