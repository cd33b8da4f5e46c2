import { describe, expect, it } from "vitest";
import { contiguous } from "../../src/allocators/contiguous.ts";
import { digestOf } from "../digest-of.ts";
import { compilePools, type PoolGroup } from "../engine/pool.ts";
import { type Model, newGroup } from "./pool-commands.ts";

const pools = await compilePools();

function pool(slots: number, options: Readonly<Record<string, unknown>>) {
  const allocator = pools.create(contiguous, options, { slots, swapSlots: 0, maxModelLen: 64 });
  const model: Model = { pools, groups: [] };
  const arrive = (promptTokens: number, outputTokens: readonly number[]): PoolGroup => {
    const group = newGroup(model, { promptTokens, outputTokens });
    model.groups.push({ group, state: "waiting" });
    return group;
  };
  return { allocator, arrive };
}

const firstFit = { reserve: "oracle", placement: "first-fit" };

describe("contiguous", () => {
  it("reserves the model's maximum under a buddy system by default", () => {
    expect(contiguous.options.parse({})).toEqual({ reserve: "max", placement: "buddy" });
    expect(contiguous.label({})).toBe("contiguous max buddy");
  });

  it("gives each sequence its own reservation, in index order, with room for the shortest", () => {
    const { allocator, arrive } = pool(100, firstFit);
    const group = arrive(10, [5, 3, 7]);
    expect(allocator.admit(group)).toMatchObject({
      granted: true,
      roomTokens: 12,
      copiedTokens: 0,
    });
    expect(allocator.placed).toBe(digestOf([0, 14, 26]));
    expect(allocator.holding(2)).toEqual({ held: 16, asked: 16, shared: 0 });
  });

  it("tells its rounding apart from what was asked for", () => {
    const { allocator, arrive } = pool(100, { reserve: "oracle", placement: "buddy" });
    allocator.admit(arrive(10, [10]));
    expect(allocator.holding(0)).toEqual({ held: 32, asked: 19, shared: 0 });
  });

  it("copies the prompt for each sequence beyond the first", () => {
    const { allocator, arrive } = pool(100, firstFit);
    const group = arrive(10, [5, 3, 7]);
    allocator.admit(group);
    expect(allocator.fork(group, 10).copiedTokens).toBe(20);
  });

  it("grants growth up to the reservation, and takes more for a mistake", () => {
    const { allocator, arrive } = pool(100, firstFit);
    const group = arrive(10, [5]);
    allocator.admit(group);
    expect(allocator.grow(group, 14).granted).toBe(true);
    expect(() => allocator.grow(group, 15)).toThrow(
      "a group writes more tokens than it has reserved",
    );
  });

  it("says whether the total, the largest hole or the whole pool is too small", () => {
    const { allocator, arrive } = pool(60, firstFit);
    for (const group of [arrive(20, [1]), arrive(20, [1]), arrive(20, [1])]) allocator.admit(group);
    allocator.release(0);
    expect(allocator.admit(arrive(21, [1]))).toMatchObject({ reason: "total", need: 21, free: 20 });
    allocator.release(2);
    const hole = { reason: "hole", need: 21, free: 40, largestHole: 20 };
    expect(allocator.admit(arrive(21, [1]))).toMatchObject(hole);
    const never = { reason: "never", need: 62, pool: 60 };
    expect(allocator.admit(arrive(31, [1, 1]))).toMatchObject(never);
  });

  it("counts a refusal's need after rounding", () => {
    const { allocator, arrive } = pool(63, { reserve: "oracle", placement: "buddy" });
    const group = arrive(17, [1, 1]);
    expect(allocator.wouldNever(group)).toMatchObject({
      reason: "never",
      need: 64,
      pool: 63,
    });
  });

  it("keeps the chunks of a group that was refused out of the fingerprint", () => {
    const { allocator, arrive } = pool(60, firstFit);
    allocator.admit(arrive(20, [1]));
    expect(allocator.admit(arrive(25, [1, 1])).granted).toBe(false);
    expect(allocator.placed).toBe(digestOf([0]));
  });

  it("crashes when a sequence is admitted or released twice", () => {
    const { allocator, arrive } = pool(100, firstFit);
    const group = arrive(10, [1]);
    allocator.admit(group);
    expect(() => allocator.admit(group)).toThrow("admitted twice");
    allocator.release(0);
    expect(() => allocator.release(0)).toThrow("a sequence has no chunk");
  });

  it("keeps many sequences at a time", () => {
    const { allocator, arrive } = pool(10_000, firstFit);
    for (let count = 0; count < 300; count += 1) allocator.admit(arrive(10, [1]));
    expect(allocator.usage.held).toBe(3000);
    expect(allocator.holding(299)).toEqual({ held: 10, asked: 10, shared: 0 });
    expect(allocator.holding(300)).toBeNull();
  });
});
