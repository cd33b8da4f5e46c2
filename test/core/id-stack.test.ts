import { describe, expect, it } from "vitest";
import { IdStack } from "../../src/core/id-stack.ts";
import { SequenceIds } from "../../src/core/sequence-ids.ts";

describe("a stack of ids", () => {
  it("hands out the highest id first and then what came back last", () => {
    const ids = new IdStack(3);
    expect([ids.pop(), ids.pop()]).toEqual([2, 1]);
    ids.push(2);
    ids.push(1);
    expect(ids.toArray()).toEqual([0, 2, 1]);
    expect([ids.pop(), ids.pop(), ids.pop()]).toEqual([1, 2, 0]);
  });

  it("crashes when more is taken or given than there is", () => {
    const ids = new IdStack(1);
    expect(() => ids.push(0)).toThrow("more ids came back");
    ids.pop();
    expect(() => ids.pop()).toThrow("empty pool");
  });
});

describe("names of sequences", () => {
  it("stay small: a returned one is used before a new one", () => {
    const names = new SequenceIds();
    expect([names.take(), names.take()]).toEqual([0, 1]);
    names.give(0);
    expect([names.take(), names.take()]).toEqual([0, 2]);
  });
});
