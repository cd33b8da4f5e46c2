import fc from "fast-check";
import { expect, it } from "vitest";
import { KvCacheManager, KvCaches } from "../../kv-cache.ts";

const caches = await KvCaches.compile();

const BLOCK_SIZE = 4;
const HANDLES = 3;

/** What a request does next: says a token if it has computed all it knows, and computes up to so many; or loses its place, or ends. */
const call = fc.record({
  kind: fc.constantFrom(
    "go" as const,
    "go" as const,
    "go" as const,
    "preempt" as const,
    "end" as const,
  ),
  handle: fc.nat(HANDLES - 1),
  tokens: fc.integer({ min: 1, max: 12 }),
  mustFit: fc.boolean(),
});
type Call = typeof call extends fc.Arbitrary<infer C> ? C : never;

/** A cache of few blocks under requests that begin alike and go on each with its own. */
class Served {
  readonly hits: number[] = [];
  readonly #cache: KvCacheManager;
  readonly #tellsShared: boolean;
  readonly #lengths: { readonly shared: number; readonly prompt: number };
  readonly #active = new Set<number>();
  #begun = 0;

  /** `tellsShared`: the cache is told what others may ask for; otherwise it takes all for that. */
  constructor(tellsShared: boolean, lengths: { readonly shared: number; readonly prompt: number }) {
    this.#tellsShared = tellsShared;
    this.#lengths = lengths;
    this.#cache = new KvCacheManager(caches, {
      numBlocks: 14,
      groups: [{ type: "full", blockSize: BLOCK_SIZE }],
      hashBlockSize: BLOCK_SIZE,
      prefixCaching: true,
      maxModelLen: 1000,
      maxNumBatchedTokens: 1000,
    });
  }

  run({ kind, handle, tokens, mustFit }: Call): void {
    if (kind === "go") this.#go(handle, tokens, mustFit);
    else if (kind === "preempt" && this.#cache.heldBlocks(handle) > 0) this.#cache.preempt(handle);
    else if (kind === "end" && this.#active.delete(handle)) this.#cache.free(handle);
  }

  state(): object {
    const { freeQueue, referenceCounts } = this.#cache.inspect();
    const { cachedFreeBlocks, evictedBlocks, statistics, placed } = this.#cache;
    const { hits } = this;
    return {
      freeQueue,
      referenceCounts,
      cachedFreeBlocks,
      evictedBlocks,
      statistics,
      placed,
      hits,
    };
  }

  #go(handle: number, tokens: number, mustFit: boolean): void {
    const cache = this.#cache;
    if (!this.#active.has(handle)) this.#begin(handle);
    const known = cache.knownTokens(handle);
    if (cache.computedTokens(handle) === known)
      cache.append(handle, -1 - handle, known + 1000 * this.#begun, 1);
    const hit = cache.heldBlocks(handle) > 0 ? 0 : cache.lookUp(handle);
    this.hits.push(hit);
    const left = cache.knownTokens(handle) - cache.computedTokens(handle) - hit;
    cache.allocate(handle, Math.min(tokens, left), mustFit);
  }

  #begin(handle: number): void {
    const { shared, prompt } = this.#lengths;
    this.#active.add(handle);
    this.#begun += 1;
    this.#cache.begin(
      handle,
      [
        { contentId: 7, offset: 0, length: shared },
        { contentId: -1 - handle, offset: shared + 1000 * this.#begun, length: prompt },
      ],
      this.#tellsShared ? shared : Infinity,
    );
  }
}

it("is found again by its request alone, in the blocks in which all content would be", () => {
  const lengths = fc.record({ shared: fc.nat(9), prompt: fc.integer({ min: 1, max: 12 }) });
  fc.assert(
    fc.property(lengths, fc.array(call, { maxLength: 60, size: "max" }), (given, calls) => {
      const told = new Served(true, given);
      const named = new Served(false, given);
      for (const one of calls) {
        told.run(one);
        named.run(one);
        expect(told.state(), JSON.stringify(one)).toEqual(named.state());
      }
    }),
    { numRuns: 300 },
  );
});
