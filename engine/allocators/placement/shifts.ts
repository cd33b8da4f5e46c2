/** Makes room at place `from` of a column of `length` numbers, which may have one more. */
export function shiftUp(column: StaticArray<i32>, from: i32, length: i32): void {
  const at = changetype<usize>(column) + ((<usize>from) << 2);
  memory.copy(at + 4, at, (<usize>(length - from)) << 2);
}

/** Closes the gap at place `from` of a column of `length` numbers. */
export function shiftDown(column: StaticArray<i32>, from: i32, length: i32): void {
  const at = changetype<usize>(column) + ((<usize>from) << 2);
  memory.copy(at, at + 4, (<usize>(length - from - 1)) << 2);
}
