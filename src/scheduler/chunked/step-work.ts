import type { KvCacheManager } from "../../allocators/prefix-cached/kv-cache-manager.ts";
import type { Nanoseconds } from "../../core/time.ts";
import type { FactSink } from "../../facts.ts";
import { MutableWork } from "../../latency/latency.ts";
import type { Slots, Tokens } from "../../request.ts";
import type { ChunkedRequest } from "./chunked-request.ts";
import type { ChunkedStep } from "./chunked-step.ts";
import type { RunningRequests } from "./running-requests.ts";

/** Tells a step's work, and tells metrics what of the running requests apart changed: growth in lockstep is told by itself. */
export class StepWork {
  /** Of the step measured last. */
  readonly work = new MutableWork();
  /** Tokens that are emitted at the end by requests which do not decode yet. */
  firstTokens: Tokens = 0;
  private readonly cache: KvCacheManager;
  private readonly running: RunningRequests;
  private readonly blockSize: Slots;
  private readonly facts: FactSink;
  /** What metrics have been told of a request, by handle: slots of its table; whether it writes a token each iteration. */
  readonly #toldHeld: Slots[] = [];
  readonly #toldWrites: boolean[] = [];

  constructor(cache: KvCacheManager, running: RunningRequests, blockSize: Slots, facts: FactSink) {
    this.cache = cache;
    this.running = running;
    this.blockSize = blockSize;
    this.facts = facts;
  }

  /** A request has been admitted, which metrics learn from a fact of its own. */
  admit(handle: number): void {
    this.#toldHeld[handle] = this.#held(handle);
    this.#toldWrites[handle] = false;
  }

  /** Measures what the step just scheduled does. */
  measure({ scheduled }: ChunkedStep): void {
    const { work } = this;
    const { lockstep, apart } = this.running;
    work.clear();
    work.decodeSequences = lockstep.size;
    work.contextTokens = lockstep.contextTokens;
    this.firstTokens = 0;
    for (let index = 0; index < scheduled.length; index += 1)
      this.#measureApart(this.running.of(scheduled.at(index)));
    for (let handle = apart.first(0); handle >= 0; handle = apart.after(handle))
      if (this.running.of(handle).scheduledTokens === 0) this.#tellLeftOut(handle);
  }

  /** The step's tokens exist: tells of the prompts, or parts of them, that it computed. */
  tellComputed({ scheduled }: ChunkedStep, atNs: Nanoseconds): void {
    for (let index = 0; index < scheduled.length; index += 1) {
      const request = this.running.of(scheduled.at(index));
      const { handle, scheduledTokens: tokens } = request;
      if (request.decodes) continue;
      const writtenTokens = this.cache.computedTokens(handle);
      if (writtenTokens < this.cache.knownTokens(handle)) {
        this.facts.computed(atNs, request, writtenTokens, tokens);
        continue;
      }
      this.#toldWrites[handle] = true;
      this.facts.prefilled(atNs, request, writtenTokens, tokens);
    }
  }

  #measureApart({ handle, scheduledTokens, decodes }: ChunkedRequest): void {
    const { work } = this;
    const after = this.cache.computedTokens(handle);
    const before = after - scheduledTokens;
    this.#tellHeld(handle, decodes, before);
    if (decodes) {
      work.decodeSequences += 1;
      work.contextTokens += before;
      return;
    }
    work.prefillTokens += scheduledTokens;
    work.prefillSquares += after * after - before * before;
    if (after === this.cache.knownTokens(handle)) this.firstTokens += 1;
  }

  #tellLeftOut(handle: number): void {
    this.#tellHeld(handle, false, this.cache.computedTokens(handle));
  }

  #tellHeld(handle: number, writes: boolean, writtenTokens: Tokens): void {
    const held = this.#held(handle);
    if (held === this.#toldHeld[handle] && writes === this.#toldWrites[handle]) return;
    this.#toldHeld[handle] = held;
    this.#toldWrites[handle] = writes;
    this.facts.extended(this.running.of(handle), writtenTokens, writes);
  }

  #held(handle: number): Slots {
    return this.cache.heldBlocks(handle) * this.blockSize;
  }
}
