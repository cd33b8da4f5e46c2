/** A copy of a column of whole numbers with room for `length` entries, the new ones 0. */
export function enlargedIntegers(
  column: Int32Array<ArrayBuffer>,
  length: number,
): Int32Array<ArrayBuffer> {
  const copy = new Int32Array(length);
  copy.set(column);
  return copy;
}
