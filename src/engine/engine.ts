import type { Nanoseconds } from "../core/time.ts";
import type { EventQueue, Timed } from "./event-queue.ts";

/**
 * The event loop: takes events in order, and once all events of an instant are handled lets that instant settle.
 * Ends when no event is left or `settle` returns false. Returns the last instant.
 */
export function runEvents<E extends Timed>(
  queue: EventQueue<E>,
  handle: (event: E) => void,
  settle: (nowNs: Nanoseconds) => boolean,
): Nanoseconds {
  let nowNs = 0;
  for (let event = queue.pop(); event !== undefined; event = queue.pop()) {
    nowNs = event.atNs;
    handle(event);
    if (queue.peek()?.atNs === nowNs) continue;
    if (!settle(nowNs)) return nowNs;
  }
  return nowNs;
}
