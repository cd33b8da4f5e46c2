import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digestOf } from "../../../digest-of.ts";
import {
  type GroupSpec,
  hashedBy,
  KvCacheManager,
  type KvCacheOptions,
  KvCaches,
} from "../../kv-cache.ts";
import { pools, programs } from "./programs.ts";
import { makesSense, runManager, runModel } from "./run-calls.ts";
import { TokenModel } from "./token-model.ts";

const caches = await KvCaches.compile();
/** The same under hashes that tell little apart. */
const poorlyHashed = {
  "when all hashes are equal": await KvCaches.compile(hashedBy("0")),
  "when hashes tell almost nothing apart": await KvCaches.compile(
    hashedBy("(parent ^ contentId) & 1"),
  ),
};

/** A manager and all it said. */
class Observed {
  readonly evicted: number[] = [];
  readonly manager: KvCacheManager;
  readonly #groups: number;

  constructor(options: KvCacheOptions, from = caches) {
    this.#groups = options.groups.length;
    this.manager = new KvCacheManager(from, options, (block) => this.evicted.push(block));
  }

  tables(handle: number): number[][] {
    return Array.from({ length: this.#groups }, (_, group) => this.manager.table(handle, group));
  }

  state(handles: readonly number[]): object {
    const { manager, evicted } = this;
    const { referenceCounts: owners, contentRuns: _, ...layout } = manager.inspect();
    return {
      ...layout,
      owners,
      tables: handles.map((handle) => this.tables(handle)),
      placed: manager.placed,
      evicted: [...evicted],
      free: manager.freeBlocks,
      cachedFree: manager.cachedFreeBlocks,
      evictions: manager.evictedBlocks,
      statistics: manager.statistics,
    };
  }
}

function modelState(model: TokenModel, handles: readonly number[]): unknown {
  return {
    freeQueue: model.queue,
    hashed: model.hashed,
    cacheEntries: model.cacheEntries,
    owners: model.owners,
    tables: handles.map((handle) => model.tables(handle)),
    placed: digestOf(model.placed),
    evicted: model.evicted,
    free: model.queue.length,
    cachedFree: model.queue.filter((block) => model.hashed.includes(block)).length,
    evictions: model.evicted.length,
    statistics: model.statistics,
  };
}

const HANDLES = [0, 1, 2, 3, 4];

const SMALL: KvCacheOptions = {
  numBlocks: 16,
  groups: [{ type: "full", blockSize: 4 }],
  hashBlockSize: 4,
  prefixCaching: true,
  maxModelLen: 1000,
  maxNumBatchedTokens: 1000,
};

function window(blockSize: number, tokens: number): GroupSpec {
  return { type: "sliding", blockSize, window: tokens };
}

describe("KvCacheManager", () => {
  for (const [name, from] of Object.entries({ "with its own hash": caches, ...poorlyHashed })) {
    it(`does what a model of token arrays does, ${name}`, () => {
      fc.assert(
        fc.property(
          pools,
          programs,
          fc.integer({ min: 1, max: 30 }),
          (options, program, pieces) => {
            const model = new TokenModel(options);
            const real = new Observed(options, from);
            for (const call of program) {
              if (!makesSense(call, model)) continue;
              expect(runManager(real.manager, call, pieces), JSON.stringify(call)).toEqual(
                runModel(model, call),
              );
              const handles = HANDLES.filter((handle) => model.has(handle));
              expect(real.state(handles), JSON.stringify(call)).toEqual(modelState(model, handles));
            }
          },
        ),
        { numRuns: 300 },
      );
    });
  }

  it("remembers no content once all is given back and forgotten, whatever happened", () => {
    fc.assert(
      fc.property(pools, programs, (options, program) => {
        const model = new TokenModel(options);
        const { manager } = new Observed(options);
        for (const call of program) {
          if (!makesSense(call, model)) continue;
          runModel(model, call);
          runManager(manager, call, 30);
        }
        for (const handle of HANDLES) if (model.has(handle)) manager.free(handle);
        expect(manager.reset()).toBe(true);
        expect(manager.inspect()).toMatchObject({ contentRuns: 0, cacheEntries: 0, hashed: [] });
        expect(manager.usage).toBe(0);
      }),
    );
  });

  it("gives a request that has joined the blocks, and caches what, asking for each token would", () => {
    const decode = fc.record({
      handle: fc.nat(2),
      contentId: fc.nat(1),
      promptTokens: fc.integer({ min: 1, max: 11 }),
      tokens: fc.integer({ min: 1, max: 20 }),
    });
    fc.assert(
      fc.property(fc.boolean(), fc.array(decode, { maxLength: 12 }), (prefixCaching, decodes) => {
        const [asked, joined] = [0, 1].map(() => new Observed({ ...SMALL, prefixCaching }));
        for (const { handle, contentId, promptTokens, tokens } of decodes) {
          const prompt = [{ contentId, offset: 0, length: promptTokens }];
          for (const { manager } of [asked!, joined!]) {
            manager.begin(handle, prompt);
            manager.allocate(handle, promptTokens - manager.lookUp(handle));
            manager.append(handle, contentId, promptTokens, 1);
          }
          joined!.manager.join(handle, promptTokens + tokens);
          for (let written = promptTokens; written < promptTokens + tokens; written += 1) {
            asked!.manager.allocate(handle, 1);
            asked!.manager.append(handle, contentId, written + 1, 1);
            if (written % 4 === 0) joined!.manager.open(handle);
            if (written % 4 === 3) joined!.manager.fill(handle, written + 1);
            expect(joined!.state([handle])).toEqual(asked!.state([handle]));
          }
          joined!.manager.leave(handle, promptTokens + tokens, promptTokens + tokens + 1);
          for (const { manager } of [asked!, joined!]) {
            expect(manager.computedTokens(handle)).toBe(promptTokens + tokens);
            expect(manager.knownTokens(handle)).toBe(promptTokens + tokens + 1);
            manager.preempt(handle);
            manager.lookUp(handle);
          }
          expect(joined!.state([handle])).toEqual(asked!.state([handle]));
          for (const { manager } of [asked!, joined!]) manager.free(handle);
        }
      }),
    );
  });

  it("counts the leading blocks that all holders share, in full attention only", () => {
    const { manager } = new Observed({ ...SMALL, groups: [SMALL.groups[0]!, window(4, 9)] });
    const prompt = [{ contentId: 7, offset: 0, length: 12 }];
    for (const handle of [0, 1]) {
      manager.begin(handle, prompt);
      manager.allocate(handle, 13 - manager.lookUp(handle));
    }
    expect([0, 1].map((group) => manager.commonPrefixBlocks(1, group))).toEqual([2, 0]);
    manager.preempt(0);
    expect(manager.commonPrefixBlocks(1, 0)).toBe(4);
  });

  it("caps what a windowed request counts for, at the window and one batch", () => {
    const { manager } = new Observed({
      ...SMALL,
      groups: [SMALL.groups[0]!, window(4, 9)],
      maxNumBatchedTokens: 10,
    });
    expect(manager.requestBlocks(4)).toBe(1 + 1);
    expect(manager.requestBlocks(100)).toBe(25 + 6);
  });

  it("says how many blocks a refused request needed", () => {
    const { manager } = new Observed(SMALL);
    manager.begin(0, [{ contentId: 0, offset: 0, length: 200 }]);
    expect(manager.allocate(0, 200)).toBe(false);
    expect(manager.needBlocks).toBe(50);
    expect(manager.freeBlocks).toBe(15);
  });

  it("finds, evicts and hands out the same blocks whether or not it knows that nobody else says what a request says", () => {
    const turn = fc.record({
      handle: fc.nat(2),
      promptTokens: fc.integer({ min: 1, max: 20 }),
      tokens: fc.integer({ min: 0, max: 12 }),
      end: fc.constantFrom("free" as const, "preempt" as const),
    });
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 20 }), (turns) => {
        const [told, untold] = [0, 1].map(() => new Observed(SMALL));
        const waiting = new Set<number>();
        let contents = 0;
        for (const { handle, promptTokens, tokens, end } of turns) {
          const prompt = [{ contentId: contents, offset: 0, length: promptTokens }];
          if (!waiting.has(handle)) {
            told!.manager.begin(handle, prompt, 0);
            untold!.manager.begin(handle, prompt);
          }
          contents += 1;
          for (const { manager } of [told!, untold!]) {
            const before = manager.knownTokens(handle);
            manager.allocate(handle, before - manager.lookUp(handle));
            for (let token = 0; token < tokens; token += 1) {
              manager.append(handle, 99 - handle, 100 * contents + token, 1);
              manager.allocate(handle, 1);
            }
            manager[end](handle);
          }
          if (end === "free") waiting.delete(handle);
          else waiting.add(handle);
          // What has no name is compared with nothing, so that it counts as a content of its own.
          const [state, expected] = [told!.state([]), untold!.state([])];
          expect({ ...state, cacheEntries: 0 }).toEqual({ ...expected, cacheEntries: 0 });
        }
      }),
    );
  });

  it("forgets what it found when something else happens before it is taken", () => {
    const { manager } = new Observed(SMALL);
    const prompt = [{ contentId: 0, offset: 0, length: 8 }];
    manager.begin(0, prompt);
    manager.allocate(0, 8);
    manager.begin(1, prompt);
    expect(manager.lookUp(1)).toBe(4);
    expect(manager.hitBlocks(0)).toEqual([1]);
    manager.free(0);
    expect(manager.hitBlocks(0)).toEqual([]);
    manager.allocate(1, 8);
    expect(manager.table(1, 0)).toEqual([3, 4]);
  });

  it("throws when it is misused", () => {
    const { manager } = new Observed(SMALL);
    manager.begin(0, [{ contentId: 0, offset: 0, length: 8 }]);
    expect(() => manager.begin(0, [])).toThrow("begins twice");
    expect(() => manager.allocate(1, 1)).toThrow("no such request");
    expect(() => manager.append(0, 0, 2 ** 31 - 1, 1)).toThrow("too long");
    manager.allocate(0, 8);
    expect(() => manager.lookUp(0)).toThrow("holds blocks");
    manager.free(0);
    expect(() => manager.free(0)).toThrow("no such request");
    expect(() => new Observed({ ...SMALL, hashBlockSize: 3 })).toThrow("hashBlockSize");
  });
});
