import {
  type GroupSpec,
  KvCacheManager,
  type KvCacheOptions,
  KvCaches,
} from "../engine/kv-cache.ts";
import { type Recording, type Replay, type Row, replayWholeRows } from "./replay.ts";
import { stateDigest } from "./v1-state.ts";

const caches = await KvCaches.compile();

/** What a call gave, beside the fields that say what was called. */
type Outcome = Record<string, unknown>;

/**
 * Does what a recording of kind `v1-allocator` did, and compares whole rows: a field that only one side has is a difference, and every
 * row has the digest of the whole state.
 */
export function replayV1Allocator(recording: Recording): Replay {
  const calls = new Calls(recording.config as unknown as KvCacheOptions);
  return replayWholeRows(recording.ops ?? [], (row) => calls.run(row));
}

class Calls {
  readonly #manager: KvCacheManager;
  readonly #groups: readonly GroupSpec[];
  /** Handles of requests that have ended: the last of them is used again first. */
  readonly #unused: number[] = [];
  readonly #handles = new Map<string, number>();
  #evicted: number[] = [];
  #freeReported = -1;
  /** Of the `get_computed` directly before: its request and hit. */
  #found: { readonly req: unknown; readonly hit: number } | null = null;

  constructor(config: KvCacheOptions) {
    this.#groups = config.groups;
    this.#manager = new KvCacheManager(caches, config, (block) => this.#evicted.push(block));
  }

  /** The row that this implementation would have recorded for the same call. */
  run(row: Row): Row {
    this.#evicted = [];
    if (row["op"] !== "allocate") this.#found = null;
    const outcome = this.#call(row);
    const actual: Outcome = { ...inputs(row), ...outcome };
    if (this.#evicted.length > 0) actual["evicted"] = this.#evicted;
    if (row["op"] !== "new_request" && row["op"] !== "output") this.#report(actual);
    return actual;
  }

  #call(row: Row): Outcome {
    switch (row["op"]) {
      case "new_request":
        return this.#begin(row["req"] as string, row["prompt"] as [number, number][]);
      case "get_computed":
        return this.#lookUp(row["req"] as string);
      case "allocate":
        return this.#allocate(row);
      case "output":
        return this.#append(row["req"] as string, row["tokens"] as number[]);
      case "free":
        return this.#free(row["req"] as string);
      case "reset_prefix_cache":
        return { res: this.#manager.reset() };
      case "checkpoint":
        return this.#checkpoint();
      default:
        throw new Error(`unknown op ${row["op"]}`);
    }
  }

  #begin(req: string, prompt: readonly [number, number][]): Outcome {
    const handle = this.#unused.pop() ?? this.#handles.size;
    this.#handles.set(req, handle);
    this.#manager.begin(
      handle,
      prompt.map(([base, length]) => ({ contentId: 0, offset: base, length })),
    );
    return {};
  }

  #lookUp(req: string): Outcome {
    const tokens = this.#manager.lookUp(this.#handle(req));
    this.#found = { req, hit: tokens };
    return { res: { tokens, blocks: this.#groups.map((_, g) => this.#manager.hitBlocks(g)) } };
  }

  #allocate(row: Row): Outcome {
    const handle = this.#handle(row["req"] as string);
    const hit = this.#found?.req === row["req"] ? this.#found!.hit : 0;
    this.#found = null;
    // Only a look-up directly before is passed along; saying nothing forgets an earlier one.
    if (hit === 0) this.#manager.append(handle, 0, 0, 0);
    const computed = this.#manager.computedTokens(handle);
    const before = this.#groups.map(({ blockSize }, group) =>
      Math.max(hit / blockSize, this.#manager.table(handle, group).length),
    );
    const granted = this.#manager.allocate(
      handle,
      row["newTokens"] as number,
      row["mustFit"] === true,
    );
    const added = before.map((length, group) => this.#manager.table(handle, group).slice(length));
    return { computed, hit, res: granted ? added : null };
  }

  #append(req: string, tokens: readonly number[]): Outcome {
    for (const token of tokens) this.#manager.append(this.#handle(req), 0, token, 1);
    return {};
  }

  #free(req: string): Outcome {
    const handle = this.#handle(req);
    this.#manager.free(handle);
    this.#handles.delete(req);
    this.#unused.push(handle);
    return {};
  }

  #checkpoint(): Outcome {
    const { referenceCounts, freeQueue, hashed, cacheEntries } = this.#manager.inspect();
    const { lookUps, queriedTokens, hitTokens } = this.#manager.statistics.firstTime;
    return {
      full: {
        tables: Object.fromEntries(this.#holders().map((req) => [req, this.#tables(req)])),
        refCounts: Object.fromEntries(
          [...referenceCounts.entries()].filter(([, owners]) => owners > 0),
        ),
        freeQueue,
        hashed,
        cacheEntries,
      },
      usage: Number(this.#manager.usage.toFixed(9)),
      stats: { requests: lookUps, queries: queriedTokens, hits: hitTokens },
    };
  }

  #report(actual: Outcome): void {
    const { freeBlocks } = this.#manager;
    if (freeBlocks !== this.#freeReported) actual["free"] = freeBlocks;
    this.#freeReported = freeBlocks;
    actual["state"] = stateDigest(this.#manager, this.#handles, this.#groups.length);
  }

  /** Requests that hold blocks, in string order. */
  #holders(): string[] {
    const holds = (req: string): boolean => this.#tables(req).some((table) => table.length > 0);
    return [...this.#handles.keys()].filter(holds).sort();
  }

  #tables(req: string): number[][] {
    return this.#groups.map((_, group) => this.#manager.table(this.#handle(req), group));
  }

  #handle(req: string): number {
    const handle = this.#handles.get(req);
    if (handle === undefined) throw new Error(`${req} is used before new_request or after free`);
    return handle;
  }
}

/** The fields that say what was called; `computed` and `hit` are outcomes of earlier rows. */
function inputs(row: Row): Outcome {
  const known = ["op", "req", "prompt", "newTokens", "mustFit", "tokens"];
  return Object.fromEntries(Object.entries(row).filter(([key]) => known.includes(key)));
}
