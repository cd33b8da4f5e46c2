import { describe, expect, it } from "vitest";
import { contiguous } from "../../src/allocators/contiguous.ts";
import type { BuiltAllocator } from "../../src/allocators/definition.ts";
import { Digest } from "../../src/core/digest.ts";
import type { SequenceGroup } from "../../src/request.ts";
import { admissionOf, type Model, newGroup } from "./pool-commands.ts";

function pool(slots: number, options: Readonly<Record<string, unknown>>) {
  const placements = new Digest();
  const environment = {
    slots,
    swapSlots: 0,
    maxModelLen: 64,
    placements,
  };
  const built = contiguous.create(options, environment);
  const model: Model = { groups: [] };
  const arrive = (promptTokens: number, outputTokens: readonly number[]): SequenceGroup => {
    const group = newGroup(model, { promptTokens, outputTokens });
    model.groups.push({ group, state: "waiting" });
    return group;
  };
  return { built, placements, arrive };
}

function digestOf(cells: readonly number[]): string {
  const digest = new Digest();
  for (const cell of cells) digest.add(cell);
  return digest.hex();
}

function admit(built: BuiltAllocator, group: SequenceGroup) {
  return built.allocator.admit(group, admissionOf(group, built));
}

const firstFit = { reserve: "oracle", placement: "first-fit" };

describe("contiguous", () => {
  it("reserves the model's maximum under a buddy system by default", () => {
    expect(contiguous.options.parse({})).toEqual({ reserve: "max", placement: "buddy" });
    expect(contiguous.label({})).toBe("contiguous max buddy");
  });

  it("gives each sequence its own reservation, in index order, with room for the shortest", () => {
    const { built, placements, arrive } = pool(100, firstFit);
    const group = arrive(10, [5, 3, 7]);
    expect(admit(built, group)).toMatchObject({ granted: true, roomTokens: 12, copiedTokens: 0 });
    expect(placements.hex()).toBe(digestOf([0, 14, 26]));
    expect(built.allocator.holding(2)).toEqual({ held: 16, asked: 16, shared: 0 });
  });

  it("tells its rounding apart from what was asked for", () => {
    const { built, arrive } = pool(100, { reserve: "oracle", placement: "buddy" });
    admit(built, arrive(10, [10]));
    expect(built.allocator.holding(0)).toEqual({ held: 32, asked: 19, shared: 0 });
  });

  it("copies the prompt for each sequence beyond the first", () => {
    const { built, arrive } = pool(100, firstFit);
    const group = arrive(10, [5, 3, 7]);
    admit(built, group);
    expect(built.allocator.fork(group, 10).copiedTokens).toBe(20);
  });

  it("grants growth up to the reservation, and takes more for a mistake", () => {
    const { built, arrive } = pool(100, firstFit);
    const group = arrive(10, [5]);
    admit(built, group);
    expect(built.allocator.grow(group, 14).granted).toBe(true);
    expect(() => built.allocator.grow(group, 15)).toThrow("15 tokens into a reservation of 14");
  });

  it("says whether the total, the largest hole or the whole pool is too small", () => {
    const { built, arrive } = pool(60, firstFit);
    for (const group of [arrive(20, [1]), arrive(20, [1]), arrive(20, [1])]) admit(built, group);
    built.allocator.release(0);
    expect(admit(built, arrive(21, [1]))).toMatchObject({ reason: "total", need: 21, free: 20 });
    built.allocator.release(2);
    const hole = { reason: "hole", need: 21, free: 40, largestHole: 20 };
    expect(admit(built, arrive(21, [1]))).toMatchObject(hole);
    const never = { reason: "never", need: 62, pool: 60 };
    expect(admit(built, arrive(31, [1, 1]))).toMatchObject(never);
  });

  it("counts a refusal's need after rounding", () => {
    const { built, arrive } = pool(63, { reserve: "oracle", placement: "buddy" });
    const group = arrive(17, [1, 1]);
    expect(built.allocator.wouldNever(group, admissionOf(group, built))).toMatchObject({
      reason: "never",
      need: 64,
      pool: 63,
    });
  });

  it("keeps the chunks of a group that was refused out of the fingerprint", () => {
    const { built, placements, arrive } = pool(60, firstFit);
    admit(built, arrive(20, [1]));
    expect(admit(built, arrive(25, [1, 1])).granted).toBe(false);
    expect(placements.hex()).toBe(digestOf([0]));
  });

  it("crashes when a sequence is admitted or released twice", () => {
    const { built, arrive } = pool(100, firstFit);
    const group = arrive(10, [1]);
    admit(built, group);
    expect(() => admit(built, group)).toThrow("admitted twice");
    built.allocator.release(0);
    expect(() => built.allocator.release(0)).toThrow("sequence 0 has no chunk");
  });

  it("keeps many sequences at a time", () => {
    const { built, arrive } = pool(10_000, firstFit);
    for (let count = 0; count < 300; count += 1) admit(built, arrive(10, [1]));
    expect(built.allocator.usage.held).toBe(3000);
    expect(built.allocator.holding(299)).toEqual({ held: 10, asked: 10, shared: 0 });
    expect(built.allocator.holding(300)).toBeNull();
  });
});
