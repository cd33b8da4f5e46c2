import fc from "fast-check";
import { expect, it } from "vitest";
import { compiled } from "../../compiled.ts";
import { EngineGroup, GROUPS } from "../../groups.ts";

const module = await compiled(`
  ${GROUPS}
  export { mark, release } from "./engine/core/memory";
  import { byPriority } from "./engine/scheduler/chunked/chunked-request";
  import { PriorityQueue } from "./engine/scheduler/chunked/waiting-queue";

  export function newQueue(): PriorityQueue<Group> {
    return new PriorityQueue<Group>();
  }
  export function size(queue: PriorityQueue<Group>): i32 {
    return queue.size;
  }
  export function newcomers(queue: PriorityQueue<Group>): i32 {
    return queue.newcomers;
  }
  export function enqueue(queue: PriorityQueue<Group>, group: Group): void {
    queue.enqueue(group);
  }
  export function putBack(queue: PriorityQueue<Group>, group: Group): void {
    queue.putBack(group);
  }
  export function remove(queue: PriorityQueue<Group>, group: Group): void {
    queue.remove(group);
  }
  export function front(queue: PriorityQueue<Group>): Group | null {
    return queue.front();
  }
  export function popFront(queue: PriorityQueue<Group>): void {
    queue.popFront();
  }
  export function dismissNewcomer(queue: PriorityQueue<Group>): Group {
    return queue.dismissNewcomer();
  }
  export function idAt(queue: PriorityQueue<Group>, place: i32): i32 {
    return queue.idAt(place);
  }
  export function isBefore(a: Group, b: Group): bool {
    return byPriority(a, b) < 0;
  }
`);

const arrivals = fc.array(
  fc.record({ priority: fc.integer({ min: 0, max: 3 }), isNew: fc.boolean() }),
);

/** A request that waits. */
interface Waiting {
  readonly id: number;
  readonly priority: number;
  readonly group: EngineGroup;
}

/** Requests in order of arrival, some of which have been preempted; and a queue that they all wait in. */
function waiting(coming: readonly { priority: number; isNew: boolean }[]) {
  const queue = module["newQueue"]!();
  const requests = coming.map(({ priority, isNew }, id): Waiting => {
    const group = module["newGroup"]!(id, 0, 1, 1);
    module["setSender"]!(group, priority, -1);
    if (!isNew) module["suspend"]!(group);
    module[isNew ? "enqueue" : "putBack"]!(queue, group);
    return { id, priority, group: new EngineGroup(module, group) };
  });
  return { queue, requests };
}

/** The lower priority number first, then who arrived first. */
function byPriority(a: Waiting, b: Waiting): number {
  return a.priority - b.priority || a.id - b.id;
}

/** Who waits, the next first. */
function ids(queue: number): number[] {
  return Array.from({ length: module["size"]!(queue) }, (_, place) =>
    module["idAt"]!(queue, place),
  );
}

/** Takes back all that the engine was handed meanwhile. */
function withMemory(use: () => void): void {
  const mark = module["mark"]!();
  use();
  module["release"]!(mark);
}

it("gives what sorting gives, however its requests came, and all of it", () => {
  fc.assert(
    fc.property(arrivals, (coming) =>
      withMemory(() => {
        const { queue, requests } = waiting(coming);
        const sorted = requests.toSorted(byPriority);
        expect(module["size"]!(queue)).toBe(sorted.length);
        expect(module["newcomers"]!(queue)).toBe(coming.filter(({ isNew }) => isNew).length);
        expect(ids(queue)).toEqual(sorted.map(({ id }) => id));
        const taken = sorted.map(() => {
          const front = module["front"]!(queue);
          module["popFront"]!(queue);
          return front;
        });
        expect(taken).toEqual(sorted.map(({ group }) => group.address));
        expect(module["front"]!(queue)).toBe(0);
        expect(module["newcomers"]!(queue)).toBe(0);
      }),
    ),
  );
});

it("turns away the newcomers that arrived last, whatever their priority, and nobody else", () => {
  fc.assert(
    fc.property(arrivals, (coming) =>
      withMemory(() => {
        const { queue, requests } = waiting(coming);
        const news = requests.filter(({ id }) => coming[id]!.isNew);
        expect(news.map(() => module["dismissNewcomer"]!(queue))).toEqual(
          news.map(({ group }) => group.address).toReversed(),
        );
        expect([module["newcomers"]!(queue), module["size"]!(queue)]).toEqual([
          0,
          requests.length - news.length,
        ]);
      }),
    ),
  );
});

it("takes out one that was preempted", () => {
  const { queue, requests } = waiting([0, 2, 1].map((priority) => ({ priority, isNew: false })));
  module["remove"]!(queue, requests[2]!.group.address);
  expect(ids(queue)).toEqual([0, 1]);
});

it("calls first whoever sorting puts first", () => {
  const { requests } = waiting([2, 0, 2, 1].map((priority) => ({ priority, isNew: true })));
  for (const a of requests)
    for (const b of requests)
      expect(module["isBefore"]!(a.group.address, b.group.address) === 1).toBe(
        byPriority(a, b) < 0,
      );
});
