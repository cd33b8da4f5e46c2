import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EventQueue } from "../../src/engine/event-queue.ts";

const instant = fc.integer({ min: 0, max: 5 });

describe("the event queue", () => {
  it("gives events by time, then order of pushing", () => {
    fc.assert(
      fc.property(fc.array(instant, { maxLength: 60 }), (times) => {
        const queue = new EventQueue<{ atNs: number; index: number }>();
        for (const [index, atNs] of times.entries()) queue.push({ atNs, index });
        expect(queue.nextNs).toBe(Math.min(...times));
        const popped: number[] = [];
        for (let e = queue.pop(); e !== undefined; e = queue.pop()) popped.push(e.index);
        const expected = times
          .map((atNs, index) => ({ atNs, index }))
          .sort((a, b) => a.atNs - b.atNs || a.index - b.index)
          .map(({ index }) => index);
        expect(popped).toEqual(expected);
        expect(queue.nextNs).toBe(Infinity);
      }),
    );
  });

  it("refuses an event in the past", () => {
    const queue = new EventQueue();
    queue.push({ atNs: 5 });
    queue.pop();
    expect(() => queue.push({ atNs: 4 })).toThrow("before");
  });
});
