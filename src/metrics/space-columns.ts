/** Columns of the space integrals. */
export const SPACE = {
  tokenStates: 0,
  /** Token states and reserved slots together. */
  useful: 1,
  internal: 2,
  rounding: 3,
  external: 4,
  remainder: 5,
  idle: 6,
  /** Slots that tables reach beyond the first that does: a shared slot once for each sequence but one. */
  sharedAgain: 7,
  /** Free slots outside the largest hole. */
  scattered: 8,
  /** Free slots with content that could be hit. */
  cached: 9,
  /** Tokens emitted so far, at the ends of their iterations: a count, as so many nanoseconds. */
  emitted: 10,
} as const;

/** How many columns there are. */
export const SPACE_COLUMNS = Object.keys(SPACE).length;
