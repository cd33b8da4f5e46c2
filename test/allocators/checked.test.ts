import { describe, expect, it } from "vitest";
import { checked, InvariantError } from "../../src/allocators/checked.ts";
import { contiguous } from "../../src/allocators/contiguous.ts";
import type { BuiltAllocator } from "../../src/allocators/definition.ts";
import { invariants } from "../../src/allocators/invariants.ts";
import { paged } from "../../src/allocators/paged.ts";
import type { PagedAllocator } from "../../src/allocators/paged-allocator.ts";
import { Digest } from "../../src/core/digest.ts";
import { admissionOf, type Model, newGroup } from "./pool-commands.ts";

const environment = { slots: 100, swapSlots: 0, maxModelLen: 64, placements: new Digest() };

/** An allocator whose `holding` is what `tell` makes of it. */
function lying(built: BuiltAllocator, tell: (slots: number) => number): BuiltAllocator {
  const { allocator } = built;
  const honest = allocator.holding.bind(allocator);
  allocator.holding = (sequence) => {
    const holding = honest(sequence);
    return holding && { ...holding, held: tell(holding.held) };
  };
  return built;
}

describe("checked", () => {
  it("names the first invariant that an operation breaks, with what was found", () => {
    const built = checked(
      lying(contiguous.create({}, environment), (slots) => slots - 1),
      environment,
    );
    const group = newGroup({ groups: [] }, { promptTokens: 10, outputTokens: [5] });
    expect(() => built.allocator.admit(group, admissionOf(group, built))).toThrow(
      new InvariantError(
        invariants.find(({ id }) => id === "KV-7")!,
        "sequence 0 with 10 tokens and a table of 64 slots holds 63, asked for 64, shares 0",
      ),
    );
  });

  it("says which pool it was given, not which one the allocator believes in", () => {
    const built = contiguous.create({}, environment);
    expect(() => checked(built, { ...environment, slots: 99 })).toThrow(
      "KV-1 conservation: 100 free + 0 held + 0 unusable slots of 100 in a pool of 99",
    );
  });

  it.each([
    [
      "a block counts an owner too many",
      "KV-5",
      ({ tables }: PagedAllocator) => tables.gpu.share(0),
    ],
    ["a free block is taken", "KV-3", ({ tables }: PagedAllocator) => tables.gpu.take()],
    [
      "a sequence that nobody knows has a table",
      "KV-6",
      ({ tables }: PagedAllocator) => tables.fork(0, 3),
    ],
  ])("finds at once what an operation breaks elsewhere in the pool: %s", (_, id, corrupt) => {
    const plain = paged.create({ blockSize: 4, watermark: 0, reserve: "none" }, environment);
    const inner = plain.allocator as PagedAllocator;
    const release = inner.release.bind(inner);
    const built = checked(plain, environment);
    const model: Model = { groups: [] };
    for (const promptTokens of [6, 9, 12]) {
      const group = newGroup(model, { promptTokens, outputTokens: [5] });
      expect(built.allocator.admit(group, admissionOf(group, built)).granted).toBe(true);
      model.groups.push({ group, state: "prefilling" });
    }
    inner.release = (sequence) => {
      release(sequence);
      corrupt(inner);
    };
    expect(() => built.allocator.release(1)).toThrow(expect.objectContaining({ id }));
  });

  it("passes everything else of the allocator on", () => {
    const built = contiguous.create({}, environment);
    const wrapped = checked(built, environment);
    expect(wrapped).toMatchObject({ swapping: null, blockSize: null });
    expect(wrapped.reservation).toBe(built.reservation);
    expect(wrapped.allocator.usage).toEqual(built.allocator.usage);
    expect(wrapped.allocator.growthSlots).toBe(0);
    expect(wrapped.allocator.freeSlots).toBe(built.allocator.freeSlots);
  });
});
