import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allocators } from "../../src/allocators/index.ts";
import { tableLists } from "../../src/allocators/layout.ts";
import { compilePools, type EngineAllocator } from "../engine/pool.ts";
import { drain, type Model, newGroup, poolCommands, type Real, snapshot } from "./pool-commands.ts";

const MAX_MODEL_LEN = 24;

const compiled = await compilePools();

const runs = Object.values(allocators).flatMap((definition) =>
  definition.examples.map((options) => ({
    name: definition.label(options),
    build: (slots: number): Real => ({
      allocator: compiled.create(definition, options, {
        slots,
        swapSlots: slots,
        maxModelLen: MAX_MODEL_LEN,
      }),
      reserves: definition.reserves(options),
      swaps: definition.swaps(options),
      log: [],
    }),
  })),
);

const pools = fc.oneof(
  { arbitrary: fc.integer({ min: 1, max: 20 }), weight: 1 },
  { arbitrary: fc.integer({ min: 50, max: 200 }), weight: 9 },
);

describe.each(runs)("$name", ({ build }) => {
  const buildChecked = (slots: number): Real => {
    const real = build(slots);
    return { ...real, allocator: real.allocator.checked(slots) };
  };

  it("keeps every invariant whatever a scheduler does, and is as new when drained", () => {
    fc.assert(
      fc.property(pools, poolCommands(MAX_MODEL_LEN), (slots, commands) =>
        compiled.withMemory(() => {
          const model: Model = { pools: compiled, groups: [] };
          const real = buildChecked(slots);
          const fresh = sorted(real.allocator);
          fc.modelRun(() => ({ model, real }), commands);
          drain(model, real);
          expect(sorted(real.allocator)).toEqual(fresh);
        }),
      ),
    );
  });

  it("gives the same cells and answers to the same operations, checked or not", () => {
    fc.assert(
      fc.property(pools, poolCommands(MAX_MODEL_LEN), (slots, commands) => {
        const [first, second] = [build, buildChecked].map((create) =>
          compiled.withMemory(() => {
            const model: Model = { pools: compiled, groups: [] };
            const real = create(slots);
            fc.modelRun(() => ({ model, real }), commands);
            const { allocator, log } = real;
            return { log, placed: allocator.placed, layout: snapshot(allocator) };
          }),
        );
        expect(second).toEqual(first);
      }),
      { numRuns: 30 },
    );
  });

  it("admits all sequences of a group or none, and tells of no cell that it takes back", () => {
    fc.assert(
      fc.property(pools, fc.integer({ min: 1, max: 9 }), fc.nat(9), (slots, n, earlier) =>
        compiled.withMemory(() => {
          const { allocator, reserves } = build(slots);
          const model: Model = { pools: compiled, groups: [] };
          for (let index = 0; index <= earlier; index += 1) {
            const outputTokens = Array.from({ length: n }, (_, at) => 1 + ((index + at) % 12));
            const group = newGroup(model, { promptTokens: 12, outputTokens });
            const before = allocator.placed;
            const { granted } = allocator.admit(group);
            const tables = tableLists(allocator.inspect().tables);
            const withTable = group.sequences.filter((sequence) => tables.has(sequence));
            const all = reserves ? n : 1;
            expect(withTable.length).toBe(granted ? all : 0);
            expect(allocator.placed !== before).toBe(granted);
            if (granted) model.groups.push({ group, state: "prefilling" });
          }
        }),
      ),
    );
  });

  it("refuses misuse with a crash", () => {
    const { allocator } = build(200);
    expect(() => allocator.release(0)).toThrow(
      /a sequence (is released but holds nothing|has no chunk)/,
    );
  });
});

function sorted(allocator: EngineAllocator) {
  const { free, ...rest } = snapshot(allocator);
  return { ...rest, free: free.toSorted((a, b) => a.start - b.start), cpu: rest.cpu?.cells };
}
