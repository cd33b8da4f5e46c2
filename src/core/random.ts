import seedrandom from "seedrandom";

/** A source of uniform random numbers in [0, 1), multiples of 2^-53. */
export type Random = () => number;

/**
 * The stream `name` of a run's `seed` (Alea, Baagøe 2010). Streams are independent of each other: a consumer that
 * draws more, or a new stream, moves no other.
 */
export function randomStream(seed: number, name: string): Random {
  return seedrandom.alea(`${seed}/${name}`).double;
}
