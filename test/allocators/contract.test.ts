import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checked } from "../../src/allocators/checked.ts";
import type { BuiltAllocator } from "../../src/allocators/definition.ts";
import { allocators } from "../../src/allocators/index.ts";
import { tableLists } from "../../src/allocators/layout.ts";
import { Digest } from "../../src/core/digest.ts";
import {
  admissionOf,
  drain,
  type Model,
  newGroup,
  poolCommands,
  snapshot,
} from "./pool-commands.ts";

const MAX_MODEL_LEN = 24;

const runs = Object.values(allocators).flatMap((definition) =>
  definition.examples.map((options) => ({
    name: definition.label(options),
    build: (slots: number, placements = new Digest()): BuiltAllocator =>
      definition.create(options, {
        slots,
        swapSlots: slots,
        maxModelLen: MAX_MODEL_LEN,
        placements,
      }),
  })),
);

const pools = fc.oneof(
  { arbitrary: fc.integer({ min: 1, max: 20 }), weight: 1 },
  { arbitrary: fc.integer({ min: 50, max: 200 }), weight: 9 },
);

describe.each(runs)("$name", ({ build }) => {
  const buildChecked = (slots: number, placements?: Digest): BuiltAllocator =>
    checked(build(slots, placements), {
      slots,
      swapSlots: slots,
      maxModelLen: MAX_MODEL_LEN,
      placements: new Digest(),
    });

  it("keeps every invariant whatever a scheduler does, and is as new when drained", () => {
    fc.assert(
      fc.property(pools, poolCommands(MAX_MODEL_LEN), (slots, commands) => {
        const model: Model = { groups: [] };
        const real = { built: buildChecked(slots), log: [] };
        const fresh = sorted(real.built);
        fc.modelRun(() => ({ model, real }), commands);
        drain(model, real);
        expect(sorted(real.built)).toEqual(fresh);
      }),
    );
  });

  it("gives the same cells and answers to the same operations, checked or not", () => {
    fc.assert(
      fc.property(pools, poolCommands(MAX_MODEL_LEN), (slots, commands) => {
        const [first, second] = [build, buildChecked].map((create) => {
          const model: Model = { groups: [] };
          const placements = new Digest();
          const real = { built: create(slots, placements), log: [] };
          fc.modelRun(() => ({ model, real }), commands);
          return { log: real.log, placed: placements.hex(), layout: snapshot(real.built) };
        });
        expect(second).toEqual(first);
      }),
      { numRuns: 30 },
    );
  });

  it("admits all sequences of a group or none, and tells of no cell that it takes back", () => {
    fc.assert(
      fc.property(pools, fc.integer({ min: 1, max: 9 }), fc.nat(9), (slots, n, earlier) => {
        const placements = new Digest();
        const built = build(slots, placements);
        const model: Model = { groups: [] };
        for (let index = 0; index <= earlier; index += 1) {
          const outputTokens = Array.from({ length: n }, (_, at) => 1 + ((index + at) % 12));
          const group = newGroup(model, { promptTokens: 12, outputTokens });
          const before = placements.hex();
          const { granted } = built.allocator.admit(group, admissionOf(group, built));
          const tables = tableLists(built.allocator.inspect().tables);
          const withTable = group.sequences.filter((sequence) => tables.has(sequence));
          const all = built.reservation === null ? 1 : n;
          expect(withTable.length).toBe(granted ? all : 0);
          expect(placements.hex() !== before).toBe(granted);
          if (granted) model.groups.push({ group, state: "prefilling" });
        }
      }),
    );
  });

  it("refuses misuse with a crash", () => {
    const { allocator } = build(200);
    expect(() => allocator.release(0)).toThrow("sequence 0");
  });
});

function sorted(built: BuiltAllocator) {
  const { free, ...rest } = snapshot(built);
  return { ...rest, free: free.toSorted((a, b) => a.start - b.start), cpu: rest.cpu?.cells };
}
