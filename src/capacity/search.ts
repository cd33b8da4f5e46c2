/** What is searched: a number from `least` to `most`, where a predicate changes from true to false just once. */
export interface Range {
  /** Where the search begins, > 0. */
  readonly start: number;
  /** Both ends may be the answer. */
  readonly least: number;
  readonly most: number;
  /** Only whole numbers count. */
  readonly whole: boolean;
  /** Whether the largest number that meets the predicate is asked for, or the smallest. */
  readonly seek: "largest" | "smallest";
  /** Instead of {@link TOLERANCE}. */
  readonly tolerance?: number;
}

/** Neighbours on both sides of where the predicate changes. */
export interface Edge {
  /** The outermost number found that meets it; null when none does. */
  readonly inside: number | null;
  /** The nearest number found that does not; null when all do. */
  readonly outside: number | null;
}

/** How close `inside` and `outside` are in the end, as a part of the smaller. Whole numbers may be neighbours sooner. */
export const TOLERANCE = 0.01;

/**
 * Where a predicate changes: a bracket by doubling or halving from the start, then bisection. The same predicate is
 * asked the same numbers. Where it is not monotone, the answer is one of its edges.
 */
export async function findEdge(
  meets: (value: number) => Promise<boolean>,
  range: Range,
): Promise<Edge> {
  let { inside, outside } = await bracket(meets, range);
  while (inside !== null && outside !== null && !isClose(inside, outside, range)) {
    const middle = (inside + outside) / 2;
    const value = range.whole ? Math.floor(middle) : middle;
    if (await meets(value)) inside = value;
    else outside = value;
  }
  return { inside, outside };
}

async function bracket(
  meets: (value: number) => Promise<boolean>,
  { start, least, most, whole, seek }: Range,
): Promise<Edge> {
  let value = Math.min(most, Math.max(least, start));
  const met = await meets(value);
  const grows = met === (seek === "largest");
  const end = grows ? most : least;
  while (value !== end) {
    const before = value;
    const next = grows ? value * 2 : value / 2;
    value = Math.min(most, Math.max(least, whole ? Math.floor(next) : next));
    if ((await meets(value)) !== met)
      return met ? { inside: before, outside: value } : { inside: value, outside: before };
  }
  return met ? { inside: value, outside: null } : { inside: null, outside: value };
}

function isClose(a: number, b: number, { whole, tolerance = TOLERANCE }: Range): boolean {
  const gap = Math.abs(a - b);
  return gap <= tolerance * Math.min(a, b) || (whole && gap <= 1);
}
