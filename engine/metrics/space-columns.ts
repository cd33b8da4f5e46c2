/** Columns of the space integrals (src/metrics/space-columns.ts). */
export const tokenStates: i32 = 0;
/** Token states and reserved slots together. */
export const useful: i32 = 1;
export const internal: i32 = 2;
export const rounding: i32 = 3;
export const external: i32 = 4;
export const remainder: i32 = 5;
export const idle: i32 = 6;
/** Slots that tables reach beyond the first that does: a shared slot once for each sequence but one. */
export const sharedAgain: i32 = 7;
/** Free slots outside the largest hole. */
export const scattered: i32 = 8;
/** Free slots with content that could be hit. */
export const cached: i32 = 9;
/** Tokens emitted so far, at the ends of their iterations: a count, as so many nanoseconds. */
export const emitted: i32 = 10;
/** How many there are. */
export const COLUMNS: i32 = 11;
