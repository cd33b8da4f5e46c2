import { describe, expect, it } from "vitest";
import { lazyRecord } from "../../src/core/lazy-record.ts";

describe("a lazy record", () => {
  const made: string[] = [];
  const squares = lazyRecord(Object.entries({ two: 2, three: 3 }), (number, key) => {
    made.push(key);
    return { square: number * number };
  });

  it("knows its keys before anything is made", () => {
    expect(Object.keys(squares)).toEqual(["two", "three"]);
    expect(Object.hasOwn(squares, "three")).toBe(true);
    expect(squares["four"]).toBeUndefined();
    expect(made).toEqual([]);
  });

  it("makes what is asked for, once", () => {
    expect(squares["three"]).toBe(squares["three"]);
    expect(made).toEqual(["three"]);
  });

  it("makes the rest when all are asked for, in the order of the keys", () => {
    expect(Object.values(squares)).toEqual([{ square: 4 }, { square: 9 }]);
    expect(made).toEqual(["three", "two"]);
  });
});
