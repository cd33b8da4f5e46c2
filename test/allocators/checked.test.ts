import { describe, expect, it } from "vitest";
import { cacheAuditor, InvariantError } from "../../src/allocators/checked.ts";
import { contiguous } from "../../src/allocators/contiguous.ts";
import { EnginePool } from "../../src/allocators/engine-pool.ts";
import { invariants } from "../../src/allocators/invariants.ts";
import { paged } from "../../src/allocators/paged.ts";
import type { Pool } from "../../src/allocators/pool.ts";
import { prefixCached } from "../../src/allocators/prefix-cached.ts";
import { engine, inEngine } from "../../src/engine/engine.ts";
import { BlockManager, compilePools } from "../engine/pool.ts";
import { type Model, newGroup } from "./pool-commands.ts";

const sizes = { slots: 100, swapSlots: 0, maxModelLen: 64 };

/** What happens behind the next release, when the allocator has done it and nobody has looked. */
let corrupt = () => {};
const pools = await compilePools("", { followEnd: () => corrupt() });

/** The pool, where each sequence holds what `tell` makes of it. */
function lying(pool: Pool, tell: (slots: number) => number): Pool {
  return {
    usage: pool.usage,
    growthSlots: pool.growthSlots,
    inspect: () => pool.inspect(),
    holding(sequence) {
      const holding = pool.holding(sequence);
      return holding && { ...holding, held: tell(holding.held) };
    },
  };
}

describe("checked", () => {
  it("names the first invariant that an operation breaks, with what was found", () => {
    const allocator = pools.create(contiguous, {}, sizes);
    const liar = lying(allocator, (slots) => slots - 1);
    const seen: Pool = Object.defineProperty(liar, "usage", { get: () => allocator.usage });
    const built = allocator.checked(100, seen);
    const group = newGroup({ pools, groups: [] }, { promptTokens: 10, outputTokens: [5] });
    expect(() => built.admit(group)).toThrow(
      new InvariantError(
        invariants.find(({ id }) => id === "KV-7")!,
        "sequence 0 with 10 tokens and a table of 64 slots holds 63, asked for 64, shares 0",
      ),
    );
  });

  it("says which pool it was given, not which one the allocator believes in", () => {
    const allocator = pools.create(contiguous, {}, sizes);
    expect(() => allocator.checked(99)).toThrow(
      "KV-1 conservation: 100 free + 0 held + 0 unusable slots of 100 in a pool of 99",
    );
  });

  it.each([
    [
      "a block counts an owner too many",
      "KV-5",
      ({ address }: BlockManager) => pools.module["shareBlock"]!(address, 0),
    ],
    [
      "a free block is taken",
      "KV-3",
      ({ address }: BlockManager) => pools.module["takeBlock"]!(address),
    ],
    [
      "a sequence that nobody knows has a table",
      "KV-6",
      (inner: BlockManager) => inner.forkTable(0, 3, false),
    ],
  ])("finds at once what an operation breaks elsewhere in the pool: %s", (_, id, breaks) => {
    const blocks = { blockSize: 4, gpuBlocks: 25, cpuBlocks: 0 };
    const inner = new BlockManager(pools, { ...blocks, watermark: 0, windowBlocks: null });
    const allocator = inner.followed().checked();
    const model: Model = { pools, groups: [] };
    for (const promptTokens of [6, 9, 12]) {
      const group = newGroup(model, { promptTokens, outputTokens: [5] });
      expect(allocator.admit(group).granted).toBe(true);
      model.groups.push({ group, state: "prefilling" });
    }
    corrupt = () => breaks(inner);
    expect(() => allocator.release(1)).toThrow(expect.objectContaining({ id }));
    corrupt = () => {};
  });

  it("finds out at the next operation that a refused one has changed something", () => {
    const blocks = { blockSize: 4, gpuBlocks: 4, cpuBlocks: 0 };
    const inner = new BlockManager(pools, { ...blocks, watermark: 0, windowBlocks: null });
    const allocator = inner.followed().checked();
    const model: Model = { pools, groups: [] };
    const group = newGroup(model, { promptTokens: 12, outputTokens: [5, 5] });
    allocator.admit(group);
    allocator.fork(group, 12);
    corrupt = () => pools.module["takeBlock"]!(inner.address);
    expect(allocator.grow(group, 13).granted).toBe(false);
    corrupt = () => {};
    expect(() => allocator.grow(group, 13)).toThrow(expect.objectContaining({ id: "KV-11" }));
  });

  it("passes everything else of the allocator on", () => {
    const built = [
      pools.create(contiguous, {}, sizes),
      pools.create(paged, { blockSize: 16 }, { ...sizes, swapSlots: 50 }),
    ];
    for (const plain of built) {
      const wrapped = plain.checked();
      expect(wrapped.swapping).toEqual(plain.swapping);
      expect(wrapped.usage).toEqual(plain.usage);
      expect(wrapped.growthSlots).toBe(plain.growthSlots);
      expect(wrapped.freeSlots).toBe(plain.freeSlots);
      expect(wrapped.holding(0)).toBeNull();
    }
    expect(built.map(({ growthSlots }) => growthSlots)).toEqual([0, 16]);
    expect(built.map(({ swapping }) => swapping)).toEqual([
      { swaps: false, blockSlots: 1 },
      { swaps: true, blockSlots: 16 },
    ]);
  });
});

describe("the pool of a prefix cache", () => {
  const cachingPool = () => {
    const cells = engine.newDigest();
    const given = { engine, slots: 100, maxModelLen: 64, maxBatchedTokens: 64, cells };
    return new EnginePool(engine, prefixCached.createCache({ blockSize: 16 }, given).pool);
  };

  it("has the blocks behind the null block for cells, all of them free at first", () =>
    inEngine(() => {
      const { cellSlots, cells, tables, free, referenceCounts, cpu } = cachingPool().inspect();
      expect({ cellSlots, cells, cpu, tables: tables.count }).toEqual({
        cellSlots: 16,
        cells: 5,
        cpu: null,
        tables: 0,
      });
      expect([...free.starts]).toEqual([0, 1, 2, 3, 4]);
      expect([...referenceCounts!]).toEqual([0, 0, 0, 0, 0]);
    }));

  it("is checked whenever anything may have happened", () =>
    inEngine(() => {
      const pool = cachingPool();
      expect(() => cacheAuditor(pool, 99)).toThrow("KV-1 conservation");
      let { usage } = pool;
      const seen: Pool = Object.defineProperty(
        lying(pool, (slots) => slots),
        "usage",
        { get: () => usage },
      );
      const auditor = cacheAuditor(seen, 100);
      auditor.changed();
      usage = { ...usage, free: usage.free - 16, held: 16 };
      expect(() => auditor.changed()).toThrow("KV-4 counters");
    }));
});
