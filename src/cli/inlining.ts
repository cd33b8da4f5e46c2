import { setFlagsFromString } from "node:v8";

/** Requests up to which a run is over before code with as much inlined in it as usual has earned what it cost to compile. */
const SHORT_RUN_REQUESTS = 50_000;

/** Requests from which on code with more inlined in it than usual earns that. */
export const LONG_RUN_REQUESTS = 200_000;

/** Bytes of bytecode: how much V8 inlines into one function, and how small a function is that it inlines even beyond that. */
interface Inlining {
  readonly most: number;
  readonly small: number;
}

const LITTLE: Inlining = { most: 115, small: 27 };
/** What V8 does if it is not told (Node 20). */
const USUAL: Inlining = { most: 920, small: 27 };
const MUCH: Inlining = { most: 2500, small: 120 };

/**
 * Has V8 inline as much as a run of so many requests (null: not known beforehand) repays. Half of a short run is compiling, and inlining
 * little saves more of that than the calls cost which are then made: the trace of 19,366 requests through five allocators takes a fifth
 * less. In a long run each call that is not made saves a look at a function that has left the first-level cache by then.
 */
export function fitInlining(requests: number | null): void {
  const { most, small } = requests === null ? USUAL : inliningFor(requests);
  setFlagsFromString(`--max-inlined-bytecode-size-cumulative=${most}`);
  setFlagsFromString(`--max-inlined-bytecode-size-small=${small}`);
}

function inliningFor(requests: number): Inlining {
  if (requests <= SHORT_RUN_REQUESTS) return LITTLE;
  return requests < LONG_RUN_REQUESTS ? USUAL : MUCH;
}
