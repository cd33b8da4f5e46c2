/** A copy of a column of whole numbers with room for `length` entries, the new ones 0. */
export function enlargedIntegers(
  column: Int32Array<ArrayBuffer>,
  length: number,
): Int32Array<ArrayBuffer> {
  const copy = new Int32Array(length);
  copy.set(column);
  return copy;
}

/** The same for a column of numbers that may exceed 32 bits. */
export function enlargedNumbers(
  column: Float64Array<ArrayBuffer>,
  length: number,
): Float64Array<ArrayBuffer> {
  const copy = new Float64Array(length);
  copy.set(column);
  return copy;
}
