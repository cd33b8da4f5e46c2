import type { Rejection } from "../facts.ts";

/** Requests that were rejected, or failed after admission, for one reason. */
export interface TurnedAway {
  readonly kind: "rejected" | "failed";
  readonly rejection: Rejection;
  readonly firstRequest: number;
  readonly count: number;
}

/** Counts requests that were turned away, by the reason. */
export class TurnedAwayCounts {
  /** In the order in which the reasons first came up. */
  readonly all: TurnedAway[] = [];

  add(kind: TurnedAway["kind"], request: number, rejection: Rejection): void {
    const known = this.all.findIndex(
      (away) => away.kind === kind && away.rejection.code === rejection.code,
    );
    const before = this.all[known];
    if (before === undefined) this.all.push({ kind, rejection, firstRequest: request, count: 1 });
    else this.all[known] = { ...before, count: before.count + 1 };
  }
}
