/**
 * A run of those who are given a block each, one after the other: in which step of a series, how many they are, how many of their blocks
 * held content until then, and where in a column the run begins. Several runs lie in one column.
 */
export const RUN = { STEP: 0, COUNT: 1, EVICTED: 2, FROM: 3, BITS: 2 } as const;
