import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { points, timeAxis } from "../../src/report/time-axis.ts";
import { fixtureRun, SYSTEMS } from "./fixture.ts";

const run = fixtureRun(SYSTEMS[3]!, 1);

describe("points", () => {
  it("average bins without moving what lies under the curve", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 300 }),
        fc.integer({ min: 1, max: 50 }),
        (values, most) => {
          const drawn = points(run.timeline, values, { name: "seconds", seconds: 1 }, most);
          const size = Math.max(1, Math.ceil(values.length / most));
          const area = drawn.reduce((sum, [, mean], index) => {
            return sum + mean * Math.min(size, values.length - index * size);
          }, 0);
          expect(drawn.length).toBeLessThanOrEqual(most);
          expect(area).toBeCloseTo(
            values.reduce((sum, value) => sum + value, 0),
            6,
          );
        },
      ),
    );
  });
});

describe("timeAxis", () => {
  it.each([
    [0.1, "seconds"],
    [7.5, "minutes"],
    [60, "hours"],
  ])("with bins of %d s is in %s", (binSeconds, name) => {
    expect(timeAxis([{ ...run, timeline: { ...run.timeline, binSeconds } }]).unit.name).toBe(name);
  });
});
