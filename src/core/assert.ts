/** A broken promise inside kvsim itself: never the user's fault, always a crash. */
export class AssertionError extends Error {
  override readonly name = "AssertionError";
}

/** Throws {@link AssertionError} unless `condition` holds. O(1) checks only; O(n) ones belong behind `--paranoid`. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** Throws {@link AssertionError}; for checks whose message would cost too much to build when they hold. */
export function fail(message: string): never {
  throw new AssertionError(message);
}
