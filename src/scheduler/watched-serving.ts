import type { Nanoseconds } from "../core/time.ts";
import type { Batch } from "../facts.ts";
import type { Serving } from "./serving.ts";

/** Is told when the memory and the queues of a serving side may have changed, and changes nothing. */
export interface Watcher {
  /** What runs next has been decided, and has its memory; null if nothing runs. */
  decided(atNs: Nanoseconds, batch: Batch | null): void;
  /** Iterations have ended. */
  completed(): void;
}

/** The same serving side, with somebody looking on. No answer is changed. */
export function watchedServing(serving: Serving, watcher: Watcher): Serving {
  let decidedNs = 0;
  let decided: Batch | null = null;
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
      decidedNs = atNs;
      decided = serving.next(atNs);
      if (decided === null) watcher.decided(atNs, null);
      return decided;
    },
    quietIterations: (price) => serving.quietIterations(price),
    get heedsArrivals() {
      return serving.heedsArrivals;
    },
    grow(steps) {
      const growth = serving.grow(steps);
      watcher.decided(decidedNs, decided);
      return growth;
    },
    complete(steps, atNs) {
      serving.complete(steps, atNs);
      watcher.completed();
    },
    queues: () => serving.queues(),
  };
}
