/**
 * What is known of single blocks that somebody can ask for, in one column: who touches one field of a block touches the other next, and in
 * a large pool that is what takes time.
 */
export type BlockFields = StaticArray<i32>;

/** Field f of block b is at b << BLOCK_BITS | f. */
export const BLOCK_BITS: i32 = 1;
/** With a key: how many requests hold it; of a free one −1 − its place in the queue of free ones. */
export const OWNERS: i32 = 0;
/**
 * What it holds: its node × groups + its group. One's own key < 0 for the first of the blocks that a request has lost and nobody else can
 * ask for. 0 when nobody can ask for what it holds: then it is free or has one owner.
 */
export const KEY: i32 = 1;

/** The null block: stands where a sliding window has moved on. It is never handed out, freed or counted. */
export const NULL_BLOCK: i32 = 0;

/** Fields of `blocks` blocks that nobody can ask for, the null block among them. */
export function newBlockFields(blocks: i32): BlockFields {
  return new StaticArray<i32>(blocks << BLOCK_BITS);
}
