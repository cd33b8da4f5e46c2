/** Numbers from which on shifting them in one call is faster than one by one. */
const LONG_SHIFT = 64;

/** Makes room at place `from` of a column of `length` numbers, which may have one more. */
export function shiftUp(column: Int32Array, from: number, length: number): void {
  if (length - from > LONG_SHIFT) column.copyWithin(from + 1, from, length);
  else for (let at = length; at > from; at -= 1) column[at] = column[at - 1]!;
}

/** Closes the gap at place `from` of a column of `length` numbers. */
export function shiftDown(column: Int32Array, from: number, length: number): void {
  if (length - from > LONG_SHIFT) column.copyWithin(from, from + 1, length);
  else for (let at = from + 1; at < length; at += 1) column[at - 1] = column[at]!;
}
