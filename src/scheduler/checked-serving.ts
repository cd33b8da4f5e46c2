import type { Serving } from "./serving.ts";

/** The same serving side; `audit` looks at its memory after everything that may change it. No answer is changed. */
export function checkedServing(serving: Serving, audit: () => void): Serving {
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
      audit();
      return batch;
    },
    quietIterations: (price, start, nextArrivalNs) =>
      serving.quietIterations(price, start, nextArrivalNs),
    complete(steps, atNs) {
      serving.complete(steps, atNs);
      audit();
    },
  };
}
