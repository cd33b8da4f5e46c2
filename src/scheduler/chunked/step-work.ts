import type { KvCacheManager } from "../../allocators/prefix-cached/kv-cache-manager.ts";
import type { Nanoseconds } from "../../core/time.ts";
import type { FactSink } from "../../facts.ts";
import type { Work } from "../../latency/latency.ts";
import type { SequenceGroup, Slots, Tokens } from "../../request.ts";
import type { ChunkedRequest } from "./chunked-request.ts";
import type { ChunkedStep } from "./chunked-step.ts";

/** What metrics have been told of a running request. */
interface Told {
  /** It has computed all it knew once since it was admitted, so each step computes one token and says the next. */
  decodes: boolean;
  /** Metrics let it write a token each iteration. */
  writes: boolean;
  /** Slots of its table. */
  held: Slots;
}

/** Tells a step's work, and tells metrics what of the running requests changed. */
export class StepWork {
  /** Steps from the one measured last on, that included, in which nobody is refused, ends, needs a block or fills one. */
  quietSteps = 1;
  readonly #cache: KvCacheManager;
  readonly #blockSize: Slots;
  readonly #groups: readonly SequenceGroup[];
  readonly #facts: FactSink;
  /** By handle. */
  readonly #told: Told[] = [];

  constructor(
    cache: KvCacheManager,
    blockSize: Slots,
    groups: readonly SequenceGroup[],
    facts: FactSink,
  ) {
    this.#cache = cache;
    this.#blockSize = blockSize;
    this.#groups = groups;
    this.#facts = facts;
  }

  /** A request has been admitted, which metrics learn from a fact of its own. */
  admit({ handle }: ChunkedRequest): void {
    this.#told[handle] = { decodes: false, writes: false, held: this.#held(handle) };
  }

  /** A request has lost or given back what it held. */
  leave({ handle }: ChunkedRequest): void {
    delete this.#told[handle];
  }

  /** What the step does; `running` are all that run, the scheduled ones among them. */
  measure(
    step: ChunkedStep,
    running: readonly ChunkedRequest[],
  ): { readonly work: Work; readonly firstTokens: Tokens } {
    const work = emptyWork();
    let firstTokens = 0;
    // Where somebody was refused, the next step may refuse nobody.
    let quietSteps = step.refused ? 1 : Number.POSITIVE_INFINITY;
    for (const request of running) {
      const { handle, scheduledTokens } = request;
      const told = this.#told[handle]!;
      const after = this.#cache.computedTokens(handle);
      this.#tellHeld(told, request, after - scheduledTokens);
      if (told.decodes && scheduledTokens > 0) {
        work.decodeSequences += 1;
        work.contextTokens += after - scheduledTokens;
        quietSteps = Math.min(quietSteps, this.#quietStepsOf(request, after));
        continue;
      }
      quietSteps = 1;
      if (scheduledTokens === 0) continue;
      work.prefillTokens += scheduledTokens;
      work.prefillSquares += after * after - (after - scheduledTokens) ** 2;
      if (after === this.#cache.knownTokens(handle)) firstTokens += 1;
    }
    this.quietSteps = quietSteps;
    return { work, firstTokens };
  }

  /** The step's tokens exist: tells of the prompts, or parts of them, that it computed. */
  tellComputed({ scheduled }: ChunkedStep, atNs: Nanoseconds): void {
    for (const { handle, scheduledTokens: tokens } of scheduled) {
      const told = this.#told[handle]!;
      if (told.decodes) continue;
      const group = this.#groups[handle]!;
      const writtenTokens = this.#cache.computedTokens(handle);
      if (writtenTokens < this.#cache.knownTokens(handle)) {
        this.#facts.computed(atNs, group, writtenTokens, tokens);
        continue;
      }
      told.decodes = true;
      told.writes = true;
      this.#facts.prefilled(atNs, group, writtenTokens, tokens);
    }
  }

  #tellHeld(told: Told, { handle, scheduledTokens }: ChunkedRequest, writtenTokens: Tokens): void {
    const held = this.#held(handle);
    const writes = told.decodes && scheduledTokens > 0;
    if (held === told.held && writes === told.writes) return;
    told.held = held;
    told.writes = writes;
    const group = this.#groups[handle]!;
    this.#facts.extended(group, writtenTokens, writes);
  }

  /** Up to the one that ends the request, and before the one that fills a block or needs one. */
  #quietStepsOf({ arrived, generated }: ChunkedRequest, computedTokens: Tokens): number {
    const inBlock = computedTokens % this.#blockSize;
    const untilBlock = inBlock === 0 ? 1 : this.#blockSize - inBlock;
    return Math.min(untilBlock, arrived.outputTokens - generated);
  }

  #held(handle: number): Slots {
    return this.#cache.heldBlocks(handle) * this.#blockSize;
  }
}

function emptyWork(): Work {
  return {
    prefillTokens: 0,
    prefillSquares: 0,
    decodeSequences: 0,
    contextTokens: 0,
    copiedTokens: 0,
    swappedBlocks: 0,
    swappedTokens: 0,
  };
}
