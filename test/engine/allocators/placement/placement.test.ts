import fc from "fast-check";
import seedrandom from "seedrandom";
import { describe, expect, it } from "vitest";
import { type PlacementName, placements } from "../../../../src/allocators/placements.ts";
import { enginePlacements, type Placement } from "./placement.ts";
import { placementModel } from "./placement-model.ts";

const create = await enginePlacements();
const names = Object.keys(placements) as PlacementName[];

/** Places these sizes together, or gives back the chunk picked. */
type Operation = { readonly sizes: readonly number[] } | { readonly pick: number };

const operations = fc
  .tuple(
    fc.integer({ min: 1, max: 5 }),
    fc.integer({ min: 1, max: 5 }),
    fc.integer({ min: 1, max: 40 }),
  )
  .chain(([placing, releasing, max]) => {
    const sizes = fc.array(fc.integer({ min: 1, max }), { minLength: 1, maxLength: 5 });
    return fc.array(
      fc.oneof<fc.WeightedArbitrary<Operation>[]>(
        { weight: placing, arbitrary: fc.record({ sizes }) },
        { weight: releasing, arbitrary: fc.record({ pick: fc.nat(1000) }) },
      ),
      { maxLength: 200, size: "max" },
    );
  });

interface Chunk {
  readonly address: number;
  readonly size: number;
}

/** What can be seen after each operation, and the chunks that are left. */
function replay(placement: Placement, steps: readonly Operation[]) {
  const chunks: Chunk[] = [];
  const seen = steps.map((step) => {
    const answer = "pick" in step ? release(placement, chunks, step.pick) : place(step.sizes);
    const { free, largestHole } = placement;
    return { answer, free, largestHole, holes: placement.holes() };
  });
  function place(sizes: readonly number[]) {
    const addresses = placement.placeAll(sizes);
    for (const [index, address] of addresses?.entries() ?? [])
      chunks.push({ address, size: sizes[index]! });
    return addresses;
  }
  return { seen, chunks };
}

function release(placement: Placement, chunks: Chunk[], pick: number): void {
  const [chunk] = chunks.splice(pick % Math.max(chunks.length, 1), 1);
  if (chunk !== undefined) placement.release(chunk.address, chunk.size);
}

describe.each(names)("%s", (name) => {
  it("places and merges as a linear scan does", () => {
    fc.assert(
      fc.property(fc.nat(200), operations, (slots, steps) => {
        expect(replay(create(name, slots), steps).seen).toEqual(
          replay(placementModel(name, slots), steps).seen,
        );
      }),
    );
  });

  it("has the holes it began with after a full drain, in whatever order", () => {
    fc.assert(
      fc.property(fc.nat(3000), operations, (slots, steps) => {
        const placement = create(name, slots);
        const original = placement.holes();
        for (const { address, size } of replay(placement, steps).chunks)
          placement.release(address, size);
        expect(placement.holes()).toEqual(original);
        expect(placement.free).toBe(slots);
      }),
    );
  });

  it("takes any sizes into an empty pool whose chunks fit in total, and no others", () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(fc.nat(300), sizes, operations, (slots, wanted, steps) => {
        const placement = create(name, slots);
        for (const { address, size } of replay(placement, steps).chunks)
          placement.release(address, size);
        const need = wanted.reduce((sum, size) => sum + placement.chunkSlots(size), 0);
        expect(placement.placeAll(wanted) !== null).toBe(need <= slots);
      }),
    );
  });

  it("crashes when free slots are given back, or slots beyond the end", () => {
    const placement = create(name, 64);
    placement.placeAll([8]);
    placement.release(0, 8);
    expect(() => placement.release(0, 8)).toThrow("free");
    placement.placeAll([64]);
    expect(() => placement.release(64, 8)).toThrow("beyond the pool's end");
  });
});

describe("next-fit", () => {
  it("begins where it began before a refusal", () => {
    const placement = create("next-fit", 30);
    placement.placeAll([10]);
    expect(placement.placeAll([5, 20])).toBeNull();
    expect(placement.placeAll([5])).toEqual([10]);
  });

  it("does not return to low holes before it has gone around", () => {
    const placement = create("next-fit", 30);
    placement.placeAll([10, 10]);
    placement.release(0, 10);
    expect(placement.placeAll([5, 5, 5])).toEqual([20, 25, 0]);
  });
});

describe("first-fit", () => {
  it("has half as many holes as chunks in equilibrium (Knuth's fifty-percent rule)", () => {
    const random = seedrandom.alea("fifty percent");
    const placement = create("first-fit", 2 ** 20);
    const chunks: Chunk[] = [];
    let ratios = 0;
    for (let step = 0; step < 20_000; step += 1) {
      if (chunks.length >= 800) release(placement, chunks, Math.floor(random() * chunks.length));
      const size = 1 + Math.floor(random() * 1000);
      chunks.push({ address: placement.placeAll([size])![0]!, size });
      if (step >= 10_000 && step % 100 === 0) ratios += placement.holes().length / chunks.length;
    }
    expect(ratios / 100).toBeGreaterThan(0.4);
    expect(ratios / 100).toBeLessThan(0.6);
  });
});

describe("buddy", () => {
  it("wastes a quarter of what it hands out for sizes uniform between two powers of two", () => {
    fc.assert(
      fc.property(fc.integer({ min: 6, max: 10 }), (order) => {
        const chunk = 2 ** order;
        const sizes = Array.from({ length: chunk / 2 }, (_, index) => chunk / 2 + 1 + index);
        const placement = create("buddy", chunk * sizes.length);
        expect(placement.placeAll(sizes)).not.toBeNull();
        const handedOut = chunk * sizes.length - placement.free;
        const asked = sizes.reduce((sum, size) => sum + size, 0);
        expect((handedOut - asked) / handedOut).toBeCloseTo(0.25 - 0.5 / chunk, 12);
      }),
    );
  });

  it("cuts a pool that is no power of two, and never merges beyond the cut", () => {
    const placement = create("buddy", 15_728);
    const blocks = [8192, 4096, 2048, 1024, 256, 64, 32, 16];
    expect(placement.holes().map(({ count }) => count)).toEqual(blocks);
    const addresses = Array.from({ length: 7 }, () => placement.placeAll([2048])![0]!);
    expect(placement.placeAll([2048])).toBeNull();
    for (const address of addresses) placement.release(address, 2048);
    expect(placement.holes().map(({ count }) => count)).toEqual(blocks);
  });
});
