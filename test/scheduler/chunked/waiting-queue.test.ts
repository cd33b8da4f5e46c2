import fc from "fast-check";
import { expect, it } from "vitest";
import { plainRequest } from "../../../src/request.ts";
import { byPriority, ChunkedRequest } from "../../../src/scheduler/chunked/chunked-request.ts";
import { PriorityQueue } from "../../../src/scheduler/chunked/waiting-queue.ts";

const arrivals = fc.array(
  fc.record({ priority: fc.integer({ min: 0, max: 3 }), isNew: fc.boolean() }),
);

/** Requests in order of arrival, some of which have been preempted; and a queue that they all wait in. */
function waiting(coming: readonly { priority: number; isNew: boolean }[]) {
  const queue = new PriorityQueue(byPriority);
  const requests = coming.map(({ priority, isNew }, id) => {
    const request = new ChunkedRequest({ ...plainRequest(id, 0, 1, [1]), priority });
    if (isNew) queue.enqueue(request);
    else {
      request.suspend();
      queue.putBack(request);
    }
    return request;
  });
  return { queue, requests };
}

it("gives what sorting gives, however its requests came, and all of it", () => {
  fc.assert(
    fc.property(arrivals, (coming) => {
      const { queue, requests } = waiting(coming);
      const sorted = requests.toSorted(byPriority);
      expect(queue.size).toBe(sorted.length);
      expect(queue.newcomers).toBe(coming.filter(({ isNew }) => isNew).length);
      expect(queue.ids()).toEqual(sorted.map(({ id }) => id));
      expect(sorted.map(() => [queue.front(), queue.popFront()])).toEqual(
        sorted.map((request) => [request, request]),
      );
      expect(queue.popFront()).toBeUndefined();
      expect(queue.newcomers).toBe(0);
    }),
  );
});

it("turns away the newcomers that arrived last, whatever their priority, and nobody else", () => {
  fc.assert(
    fc.property(arrivals, (coming) => {
      const { queue, requests } = waiting(coming);
      const news = requests.filter(({ preemptions }) => preemptions === 0);
      expect(news.map(() => queue.dismissNewcomer())).toEqual(news.toReversed());
      expect([queue.newcomers, queue.size]).toEqual([0, requests.length - news.length]);
    }),
  );
});

it("takes out one that was preempted", () => {
  const { queue, requests } = waiting([0, 2, 1].map((priority) => ({ priority, isNew: false })));
  queue.remove(requests[2]!);
  expect(queue.ids()).toEqual([0, 1]);
});
