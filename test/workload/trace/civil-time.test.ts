import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { civilTime, nanosecondsBetween } from "../../../src/workload/trace/civil-time.ts";
import type { Field } from "../../../src/workload/trace/field.ts";

function field(text: string): Field {
  return { line: { path: "t.csv", number: 2 }, name: "TIMESTAMP", column: 1, text };
}

describe("a civil time", () => {
  it("counts the same days as the calendar of the platform, over 400 years", () => {
    const date = fc.date({
      min: new Date("1800-01-01T00:00:00Z"),
      max: new Date("2200-01-01T00:00:00Z"),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(date, (date) => {
        const { seconds, ns } = civilTime(field(date.toISOString()));
        expect(seconds * 1000 + ns / 1e6).toBe(date.getTime());
      }),
      { numRuns: 2000 },
    );
  });

  it("keeps every decimal", () => {
    const start = civilTime(field("2023-11-16 18:15:46.6805900"));
    const end = civilTime(field("2023-11-16 18:15:50.9951690"));
    expect(nanosecondsBetween(start, end)).toBe(4_314_579_000);
    expect(civilTime(field("2024-05-10 00:00:00.009930+00:00")).ns).toBe(9_930_000);
    expect(civilTime(field("2024-05-10T00:00:00")).ns).toBe(0);
  });

  it.each([
    "2023-02-29 00:00:00",
    "1900-02-29 00:00:00",
    "2023-04-31 00:00:00",
    "2023-00-01 00:00:00",
    "2023-13-01 00:00:00",
    "2023-12-00 00:00:00",
    "2023-12-32 00:00:00",
    "2023-12-01 24:00:00",
    "2023-12-01 00:60:00",
    "2023-12-01 00:00:60",
    "2023-12-01",
    "12.5",
  ])("refuses %s", (text) => {
    expect(() => civilTime(field(text))).toThrow(`t.csv:2:1: found "${text}", expected TIMESTAMP`);
  });

  it("knows leap days", () => {
    for (const day of ["2024-02-29", "2000-02-29", "2023-12-31"])
      expect(civilTime(field(`${day} 12:00:00`)).seconds * 1000).toBe(
        Date.parse(`${day}T12:00:00Z`),
      );
  });
});
