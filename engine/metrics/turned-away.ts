/** What became of a request that was turned away. */
export const REJECTED: i32 = 0;
/** After it had been admitted. */
export const FAILED: i32 = 1;

/** More than there are codes of a rejection. */
const CODES: i32 = 8;

/** Requests that were rejected, or failed after admission, for one reason. */
@final
export class TurnedAway {
  kind: i32 = REJECTED;
  /** Why, for the first of them: scheduler/rejection.ts. */
  code: i32 = 0;
  need: f64 = 0;
  have: f64 = 0;
  firstRequest: i32 = 0;
  count: f64 = 0;
}

/** Counts requests that were turned away, by the reason. */
@final
export class TurnedAwayCounts {
  /** In the order in which the reasons first came up; only the first {@link length} count. */
  private readonly all: StaticArray<TurnedAway | null> = new StaticArray<TurnedAway | null>(
    2 * CODES,
  );
  length: i32 = 0;

  at(index: i32): TurnedAway {
    return this.all[index]!;
  }

  add(kind: i32, request: i32, code: i32, need: f64, have: f64): void {
    for (let index = 0; index < this.length; index += 1) {
      const known = this.at(index);
      if (known.kind !== kind || known.code !== code) continue;
      known.count += 1;
      return;
    }
    const away = new TurnedAway();
    away.kind = kind;
    away.code = code;
    away.need = need;
    away.have = have;
    away.firstRequest = request;
    away.count = 1;
    this.all[this.length] = away;
    this.length += 1;
  }
}
