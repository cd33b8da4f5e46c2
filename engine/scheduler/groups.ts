import { Group } from "../request";

const FIRST_ROOM: i32 = 64;

/** Groups of requests that have ended, to be used again for others. */
@final
export class Groups<G extends Group> {
  private gone: StaticArray<G | null> = new StaticArray<G | null>(FIRST_ROOM);
  private count: i32 = 0;

  /** One that nobody uses: it still says what it said last. */
  take(): G {
    if (this.count === 0) return instantiate<G>();
    this.count -= 1;
    return this.gone[this.count]!;
  }

  /** A request has ended, and nobody looks at its group any more. */
  give(group: G): void {
    if (this.count === this.gone.length) this.gone = enlargedGroups<G>(this.gone, 2 * this.count);
    this.gone[this.count] = group;
    this.count += 1;
  }
}

/** A copy of a column of groups with room for `length` entries, the new ones empty. */
export function enlargedGroups<G extends Group>(
  column: StaticArray<G | null>,
  length: i32,
): StaticArray<G | null> {
  const copy = new StaticArray<G | null>(length);
  for (let at = 0; at < column.length; at += 1) copy[at] = column[at];
  return copy;
}
