import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runEvents } from "../../src/engine/engine.ts";
import { EventQueue } from "../../src/engine/event-queue.ts";

const event = fc.record({
  atNs: fc.integer({ min: 0, max: 5 }),
  priority: fc.integer({ min: 0, max: 2 }),
});

describe("the event queue", () => {
  it("gives events by time, then priority, then order of pushing", () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        const queue = new EventQueue<{ atNs: number; priority: number; index: number }>();
        for (const [index, e] of events.entries()) queue.push({ ...e, index });
        const popped: number[] = [];
        for (let e = queue.pop(); e !== undefined; e = queue.pop()) popped.push(e.index);
        const expected = events
          .map((e, index) => ({ ...e, index }))
          .sort((a, b) => a.atNs - b.atNs || a.priority - b.priority || a.index - b.index)
          .map(({ index }) => index);
        expect(popped).toEqual(expected);
      }),
    );
  });

  it("refuses an event in the past", () => {
    const queue = new EventQueue();
    queue.push({ atNs: 5, priority: 0 });
    queue.pop();
    expect(() => queue.push({ atNs: 4, priority: 0 })).toThrow("before");
  });
});

describe("the event loop", () => {
  it("lets an instant settle once, after all its events, even those that it caused itself", () => {
    const queue = new EventQueue<{ atNs: number; priority: number }>();
    for (const atNs of [3, 1, 3]) queue.push({ atNs, priority: 1 });
    const log: string[] = [];
    const end = runEvents(
      queue,
      ({ atNs, priority }) => {
        log.push(`event ${atNs}`);
        if (atNs === 1 && priority === 1) queue.push({ atNs: 1, priority: 2 });
      },
      (nowNs) => {
        log.push(`settle ${nowNs}`);
        return true;
      },
    );
    expect(log).toEqual(["event 1", "event 1", "settle 1", "event 3", "event 3", "settle 3"]);
    expect(end).toBe(3);
  });

  it("stops when an instant does not want to go on", () => {
    const queue = new EventQueue<{ atNs: number; priority: number }>();
    for (const atNs of [1, 2]) queue.push({ atNs, priority: 0 });
    expect(
      runEvents(
        queue,
        () => {},
        () => false,
      ),
    ).toBe(1);
    expect(queue.size).toBe(1);
  });
});
