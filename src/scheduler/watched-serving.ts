import type { Nanoseconds } from "../core/time.ts";
import type { Batch, Serving } from "./serving.ts";

/** Is told when the memory and the queues of a serving side may have changed, and changes nothing. */
export interface Watcher {
  /** What runs next has been decided; null if nothing does. */
  decided(atNs: Nanoseconds, batch: Batch | null): void;
  /** Iterations have ended. */
  completed(): void;
}

/** The same serving side, with somebody looking on. No answer is changed. */
export function watchedServing(serving: Serving, watcher: Watcher): Serving {
  return {
    get present() {
      return serving.present;
    },
    get ending() {
      return serving.ending;
    },
    arrive(request) {
      serving.arrive(request);
    },
    next(atNs) {
      const batch = serving.next(atNs);
      watcher.decided(atNs, batch);
      return batch;
    },
    quietIterations: (price, start, nextArrivalNs) =>
      serving.quietIterations(price, start, nextArrivalNs),
    grow: (steps) => serving.grow(steps),
    complete(steps, atNs) {
      serving.complete(steps, atNs);
      watcher.completed();
    },
    queues: () => serving.queues(),
  };
}
