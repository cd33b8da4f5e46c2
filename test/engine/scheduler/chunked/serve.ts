import {
  type ChunkedLimits,
  type ChunkedRequest,
  ChunkedScheduler,
  caches,
} from "../../chunked-scheduler.ts";
import { KvCacheManager } from "../../kv-cache.ts";

export const BLOCK_SIZE = 4;

const LIMITS: ChunkedLimits = {
  maxRunning: 8,
  maxBatchedTokens: 16,
  maxModelLen: 64,
  chunkedPrefill: true,
  longPrefillThreshold: 0,
  order: "fcfs",
  fullSequenceGate: true,
};

/** A request that begins with `shared` tokens that others have too. */
export interface Sent {
  readonly promptTokens: number;
  readonly outputTokens: number;
  readonly shared?: number;
  readonly priority?: number;
}

/** A scheduler over a pool of its own, and the requests that were sent to it. */
export class Server {
  readonly cache: KvCacheManager;
  readonly scheduler: ChunkedScheduler;
  readonly requests: ChunkedRequest[] = [];
  readonly limits: ChunkedLimits;

  constructor(limits: Partial<ChunkedLimits> = {}, blocks = 64, prefixCaching = true) {
    this.limits = { ...LIMITS, ...limits };
    this.cache = new KvCacheManager(caches, {
      numBlocks: blocks + 1,
      groups: [{ type: "full", blockSize: BLOCK_SIZE }],
      hashBlockSize: BLOCK_SIZE,
      prefixCaching,
      maxModelLen: this.limits.maxModelLen,
      maxNumBatchedTokens: this.limits.maxBatchedTokens,
    });
    this.scheduler = new ChunkedScheduler(this.limits, this.cache);
  }

  /** Sends requests; each is named by its place among all that were sent. */
  send(...sent: readonly Sent[]): void {
    for (const { promptTokens, outputTokens, shared = 0, priority = 0 } of sent) {
      const id = this.requests.length;
      const own = id + 1;
      this.requests.push(
        this.scheduler.enqueue({
          ...{ id, promptTokens, outputTokens: [outputTokens], priority },
          content: [
            { contentId: 0, offset: 0, length: shared },
            { contentId: own, offset: shared, length: promptTokens - shared },
          ],
          outputContent: { contentId: own, offset: promptTokens },
        }),
      );
    }
  }

  /** Tokens that the next step computes, by request; then ends the step. */
  step(): Record<number, number> {
    this.scheduler.schedule();
    const tokens = tokensOf(this.scheduler);
    this.scheduler.complete();
    return tokens;
  }

  get present(): number {
    return this.scheduler.runningCount + this.scheduler.waitingCount;
  }
}

/** Tokens that the step under way computes, by request. */
export function tokensOf(scheduler: ChunkedScheduler): Record<number, number> {
  return Object.fromEntries(scheduler.scheduledTokens().map(([{ id }, tokens]) => [id, tokens]));
}
