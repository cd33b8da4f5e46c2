import { assert } from "./core/assert.ts";
import type { Measures } from "./metrics/measures.ts";
import { SPACE } from "./metrics/space-columns.ts";
import type { Slots } from "./request.ts";

/** A truth about every run, checked at its end whatever the options. */
export interface RunCheck {
  readonly id: `RUN-${number}`;
  readonly title: string;
  /** A sentence for the documentation. */
  readonly statement: string;
  readonly holds: (run: EndedRun) => boolean;
}

/** A run that has ended, and the free slots of its pool before and after. */
export interface EndedRun {
  readonly slots: Slots;
  readonly measures: Measures;
  readonly freeBefore: Slots;
  readonly freeAfter: Slots;
}

/** All that holds at the end of any run. */
export const runChecks: readonly RunCheck[] = [
  {
    id: "RUN-1",
    title: "requests",
    statement:
      "Requests that arrived and did not finish, fail or be rejected are just those that still wait, run or are swapped out.",
    holds({ measures: { figures } }) {
      const { arrived, finished, rejected, failed, present } = figures;
      return arrived === finished + rejected + failed + present;
    },
  },
  {
    id: "RUN-2",
    title: "shares",
    statement: "The seven shares of the pool add up to its slots × the window, exactly.",
    holds({ slots, measures: { space } }) {
      const { useful, internal, rounding, external, remainder, idle } = SPACE;
      const parts = [useful, internal, rounding, external, remainder, idle];
      const total = parts.reduce((sum, part) => sum + space.windowTotal(part), 0n);
      return total === BigInt(slots) * space.windowTicks();
    },
  },
  {
    id: "RUN-3",
    title: "drained pool",
    statement: "When nobody is left, the pool is as free as before the first request.",
    holds: ({ measures, freeBefore, freeAfter }) =>
      measures.figures.present > 0 || freeBefore === freeAfter,
  },
  {
    id: "RUN-4",
    title: "tokens",
    statement:
      "What is written and what is reserved is never less than nothing, and nothing when nobody is left.",
    holds({ measures: { figures } }) {
      const { reserved, internal, rounding, reached, present } = figures;
      const amounts = [reached - reserved - internal - rounding, reserved, internal, rounding];
      return amounts.every((slots) => slots >= 0 && (present > 0 || slots === 0));
    },
  },
];

/** Throws an AssertionError that names the first check which fails. */
export function checkRun(run: EndedRun): void {
  for (const { id, title, statement, holds } of runChecks)
    if (!holds(run)) assert(false, `${id} ${title}: broken at the end of the run: ${statement}`);
}
