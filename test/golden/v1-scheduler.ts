import { isDeepStrictEqual } from "node:util";
import {
  type ChunkedRequest,
  ChunkedScheduler,
  type ChunkedStep,
  caches,
} from "../engine/chunked-scheduler.ts";
import { KvCacheManager, type KvCacheOptions } from "../engine/kv-cache.ts";
import { type Recording, type Replay, type Row, replayWholeRows } from "./replay.ts";
import { stateDigest } from "./v1-state.ts";

type Config = KvCacheOptions & {
  readonly maxNumSeqs: number;
  readonly chunkedPrefill: boolean;
  readonly longPrefillTokenThreshold: number;
  readonly policy: "fcfs" | "priority";
  readonly reserveFullIsl: boolean;
};

interface RecordedArrival {
  readonly req: string;
  readonly prompt: readonly (readonly [base: number, length: number])[];
  readonly maxTokens: number;
  readonly outBase: number;
  readonly priority?: number;
}

/**
 * Serves the arrivals of a `v1-scheduler` recording step by step, and compares whole rows, each with the digest of the whole
 * state; then the totals of its summary.
 */
export function replayV1Scheduler(recording: Recording): Replay {
  const steps = new Steps(recording.config as unknown as Config);
  const replay = replayWholeRows(recording.steps ?? [], (row) => steps.run(row));
  const { summary } = recording;
  if (replay.difference !== null || summary === undefined) return replay;
  const actual = steps.summary();
  if (isDeepStrictEqual(summary, actual)) return replay;
  const difference = { row: replay.rows, field: "summary", expected: summary, actual };
  return { ...replay, difference };
}

class Steps {
  readonly #config: Config;
  readonly #manager: KvCacheManager;
  readonly #scheduler: ChunkedScheduler;
  /** In order of arrival. */
  readonly #names: string[] = [];
  /** By id. */
  readonly #present = new Map<number, ChunkedRequest>();
  /** Blocks of each group's table that were reported, by handle. */
  readonly #reported: number[][] = [];
  readonly #unchanged: Record<string, unknown> = {};
  #evicted: number[] = [];
  #steps = 0;
  #preemptions = 0;

  constructor(config: Config) {
    this.#config = config;
    this.#manager = new KvCacheManager(caches, config);
    const limits = {
      maxRunning: config.maxNumSeqs,
      maxBatchedTokens: config.maxNumBatchedTokens,
      maxModelLen: config.maxModelLen,
      chunkedPrefill: config.chunkedPrefill,
      longPrefillThreshold: config.longPrefillTokenThreshold,
      order: config.policy,
      fullSequenceGate: config.reserveFullIsl,
    };
    this.#scheduler = new ChunkedScheduler(limits, this.#manager);
  }

  /** The row that this implementation would have recorded for a step with the same arrivals. */
  run({ arrivals }: Row): Row {
    const recorded = (arrivals ?? []) as RecordedArrival[];
    for (const arrival of recorded) this.#arrive(arrival);
    this.#evicted = [];
    caches.onEvict = (block) => this.#evicted.push(block);
    const step = this.#scheduler.schedule();
    const state = this.#digest();
    const row: Record<string, unknown> = {
      step: this.#steps,
      arrivals: arrivals === undefined ? undefined : recorded,
      ...this.#decisions(step),
      ...this.#changes(),
      state,
      commonPrefix: this.#commonPrefix(),
    };
    row["finished"] = filled(this.#complete());
    const stateEnd = this.#digest();
    if (stateEnd !== state) row["stateEnd"] = stateEnd;
    this.#steps += 1;
    this.#preemptions += step.preempted.length;
    return row;
  }

  /** Totals after the last step. */
  summary(): Row {
    const { firstTime, preempted } = this.#manager.statistics;
    return {
      steps: this.#steps,
      preemptions: this.#preemptions,
      evictions: this.#manager.evictedBlocks,
      prefixStats: {
        requests: firstTime.lookUps,
        queries: firstTime.queriedTokens,
        hits: firstTime.hitTokens,
        preemptedRequests: preempted.lookUps,
        preemptedQueries: preempted.queriedTokens,
        preemptedHits: preempted.hitTokens,
      },
    };
  }

  #arrive({ req, prompt, maxTokens, outBase, priority }: RecordedArrival): void {
    const promptTokens = prompt.reduce((sum, [, length]) => sum + length, 0);
    const room = Math.max(1, this.#config.maxModelLen - promptTokens);
    const request = this.#scheduler.enqueue({
      ...{ id: this.#names.length, promptTokens },
      outputTokens: [Math.min(maxTokens, room)],
      priority: priority ?? 0,
      content: prompt.map(([offset, length]) => ({ contentId: 0, offset, length })),
      outputContent: { contentId: 0, offset: outBase },
    });
    this.#names.push(req);
    this.#present.set(request.id, request);
  }

  #complete(): string[] {
    const finished = this.#scheduler.complete().map(({ id }) => id);
    for (const id of finished) this.#present.delete(id);
    return finished.map((id) => this.#names[id]!);
  }

  #decisions(step: ChunkedStep): Row {
    const { admitted } = step;
    const news = admitted.filter(({ preemptions }) => preemptions === 0);
    const resumed = admitted.filter(({ preemptions }) => preemptions > 0);
    const queries = step.leftWaiting === null ? admitted : [...admitted, step.leftWaiting];
    return {
      sched: this.#scheduler
        .scheduledTokens()
        .map(([request, tokens]) => [this.#name(request), tokens]),
      new: filled(news.map((request) => this.#name(request))),
      resumed: filled(resumed.map((request) => this.#name(request))),
      queries: filled(
        queries.map((request) => [
          this.#name(request),
          this.#manager.knownTokens(request.handle),
          request.hitTokens,
        ]),
      ),
      newBlocks: this.#newBlocks(step),
      preempted: filled(step.preempted.map((request) => [this.#name(request), request.lostTokens])),
      evicted: filled(this.#evicted),
    };
  }

  /** Whole tables of those admitted, what was added to the others. */
  #newBlocks({ admitted }: ChunkedStep): Row | undefined {
    for (const { handle } of admitted) this.#reported[handle] = [];
    const added: Record<string, number[][]> = {};
    for (const [request] of this.#scheduler.scheduledTokens()) {
      const { handle } = request;
      const reported = this.#reported[handle]!;
      const tables = this.#config.groups.map((_, group) => this.#manager.table(handle, group));
      const news = tables.map((table, group) => table.slice(reported[group] ?? 0));
      this.#reported[handle] = tables.map(({ length }) => length);
      if (news.some(({ length }) => length > 0)) added[this.#name(request)] = news;
    }
    return Object.keys(added).length === 0 ? undefined : added;
  }

  /** Queues and free blocks, each only if it is not what it was in the last row. */
  #changes(): Row {
    const now: Row = {
      waiting: this.#scheduler.waiting().map((id) => this.#names[id]!),
      running: this.#scheduler.running().map((request) => this.#name(request)),
      free: this.#manager.freeBlocks,
    };
    const changed = Object.entries(now).filter(
      ([field, value]) => !isDeepStrictEqual(this.#unchanged[field], value),
    );
    Object.assign(this.#unchanged, now);
    return Object.fromEntries(changed);
  }

  #commonPrefix(): number[] | undefined {
    const [first] = this.#scheduler.running();
    if (first === undefined) return undefined;
    const blocks = this.#config.groups.map((_, group) =>
      this.#manager.commonPrefixBlocks(first.handle, group),
    );
    return blocks.some((count) => count > 0) ? blocks : undefined;
  }

  #digest(): string {
    const known = [...this.#present.values()].filter(({ handle }) => handle >= 0);
    const handles = new Map(known.map((request) => [this.#name(request), request.handle]));
    return stateDigest(this.#manager, handles, this.#config.groups.length);
  }

  #name({ id }: ChunkedRequest): string {
    return this.#names[id]!;
  }
}

/** Recordings leave out what did not happen. */
function filled<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length > 0 ? list : undefined;
}
