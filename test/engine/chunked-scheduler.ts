import { FORGETS_TICKS, sourceAt } from "./compiled.ts";
import { describeGroup, EngineGroup, GROUPS, type GroupRequest } from "./groups.ts";
import { type KvCacheManager, KvCaches } from "./kv-cache.ts";

/** What a step may hold, and who goes first: engine/scheduler/chunked/chunked-limits.ts. */
export interface ChunkedLimits {
  readonly maxRunning: number;
  readonly maxBatchedTokens: number;
  readonly maxModelLen: number;
  readonly chunkedPrefill: boolean;
  readonly longPrefillThreshold: number;
  readonly order: "fcfs" | "priority";
  readonly fullSequenceGate: boolean;
}

/** Makes and looks at chunked schedulers: what stands behind the source of KV caches. */
export const CHUNKED_SCHEDULER = GROUPS + sourceAt("test/engine/chunked-scheduler.as");

/** KV caches that a {@link ChunkedScheduler} can be over. */
export const caches = await KvCaches.compile<string>(FORGETS_TICKS, CHUNKED_SCHEDULER);
const { module } = caches;

/** A request that the scheduler knows: engine/scheduler/chunked/chunked-request.ts. */
export class ChunkedRequest extends EngineGroup {
  constructor(address: number) {
    super(module, address);
  }

  /** Negative while the KV cache does not know it. */
  get handle(): number {
    return module["handleOf"]!(this.address);
  }

  get hitTokens(): number {
    return module["foundBy"]!(this.address);
  }

  get lostTokens(): number {
    return module["lostBy"]!(this.address);
  }
}

/** What a step decided. */
export interface ChunkedStep {
  readonly admitted: readonly ChunkedRequest[];
  readonly preempted: readonly ChunkedRequest[];
  readonly leftWaiting: ChunkedRequest | null;
  readonly budgetTokens: number;
}

/** The engine's class of this name (engine/scheduler/chunked/chunked-scheduler.ts). */
export class ChunkedScheduler {
  readonly #address: number;

  constructor(limits: ChunkedLimits, cache: KvCacheManager) {
    this.#address = module["newScheduler"]!(
      cache.address,
      limits.maxRunning,
      limits.maxBatchedTokens,
      limits.maxModelLen,
      Number(limits.chunkedPrefill),
      limits.longPrefillThreshold,
      limits.order === "fcfs" ? 0 : 1,
      Number(limits.fullSequenceGate),
    );
  }

  /** A request of one sequence arrives, which says something, so that the queue keeps it as it is. */
  enqueue(request: GroupRequest & { readonly id: number }): ChunkedRequest {
    const { id, arrivalNs = 0, promptTokens, outputTokens } = request;
    const address = module["newRequest"]!(id, arrivalNs, promptTokens, outputTokens[0]!);
    describeGroup(module, address, request);
    module["enqueue"]!(this.#address, address);
    return new ChunkedRequest(address);
  }

  schedule(): ChunkedStep {
    module["schedule"]!(this.#address);
    const left = module["leftWaiting"]!(this.#address);
    return {
      admitted: this.#requests("admitted"),
      preempted: this.#requests("preempted"),
      leftWaiting: left === 0 ? null : new ChunkedRequest(left),
      budgetTokens: module["budgetTokens"]!(this.#address),
    };
  }

  /** Ends the step; tells who has ended with it. */
  complete(): ChunkedRequest[] {
    module["complete"]!(this.#address);
    return this.#requests("ended");
  }

  get runningCount(): number {
    return module["runningCount"]!(this.#address);
  }

  get waitingCount(): number {
    return module["waitingCount"]!(this.#address);
  }

  /** Who runs, in order of admission. */
  running(): ChunkedRequest[] {
    return this.#requests("running");
  }

  /** Ids of those who wait, the next one first. */
  waiting(): number[] {
    return this.#list("waiting");
  }

  /** Tokens that the step under way computes for each request that it computes any for, in order of scheduling. */
  scheduledTokens(): [ChunkedRequest, number][] {
    const tokens = this.#list("scheduledTokens");
    return this.running()
      .map((request, at): [ChunkedRequest, number] => [request, tokens[at]!])
      .filter(([, count]) => count > 0);
  }

  /** `which` must change nothing: what it is handed is taken back. */
  #requests(which: string): ChunkedRequest[] {
    return this.#list(which).map((address) => new ChunkedRequest(address));
  }

  #list(which: string): number[] {
    return caches.list(() => module[which]!(this.#address));
  }
}
