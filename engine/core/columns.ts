/** A copy of a column with room for `length` entries, the new ones 0. */
export function enlarged(column: StaticArray<i32>, length: i32): StaticArray<i32> {
  const copy = new StaticArray<i32>(length);
  memory.copy(changetype<usize>(copy), changetype<usize>(column), (<usize>column.length) << 2);
  return copy;
}

/** The lowest power of two that is not below `least`. */
export function nextPowerOfTwo(least: i32): i32 {
  return least <= 1 ? 1 : 1 << (32 - clz(least - 1));
}
