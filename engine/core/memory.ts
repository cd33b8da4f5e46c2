// AssemblyScript's stub runtime hands memory out from one end and never takes it back. What a run has used goes at once when it
// ends: everything above a mark, which is an empty block.

/** Bytes in front of a block that say how long it is. */
const OVERHEAD: usize = 4;

/** Marks where the memory ends that has been handed out so far. */
export function mark(): usize {
  return __alloc(0);
}

/** Takes back all that was handed out since a mark was made. */
export function release(marked: usize): void {
  const last = __alloc(0);
  // The mark becomes the last block, which reaches as far as this one: only that can be given back.
  store<usize>(marked - OVERHEAD, last + load<usize>(last - OVERHEAD) - marked);
  __free(marked);
}
