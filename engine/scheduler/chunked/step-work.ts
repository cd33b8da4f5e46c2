import { KvCacheManager } from "../../allocators/prefix-cached/kv-cache-manager";
import { enlarged } from "../../core/columns";
import { Work } from "../../latency/latency";
import { Facts } from "../facts";
import { ChunkedRequest } from "./chunked-request";
import { ChunkedStep } from "./chunked-step";
import { RunningRequests } from "./running-requests";

const FIRST_CAPACITY: i32 = 64;

/** Tells a step's work, and tells metrics what of the running requests apart changed: growth in lockstep is told by itself. */
@final
export class StepWork {
  /** Of the step measured last. */
  private readonly work: Work;
  /** Tokens that are emitted at the end by requests which do not decode yet. */
  firstTokens: f64 = 0;
  private readonly cache: KvCacheManager;
  private readonly running: RunningRequests;
  private readonly facts: Facts;
  /** What metrics have been told of a request, by handle: blocks of its table; 1 if it writes a token each iteration. */
  private toldHeld: StaticArray<i32> = new StaticArray<i32>(FIRST_CAPACITY);
  private toldWrites: StaticArray<i32> = new StaticArray<i32>(FIRST_CAPACITY);

  constructor(work: Work, cache: KvCacheManager, running: RunningRequests, facts: Facts) {
    this.work = work;
    this.cache = cache;
    this.running = running;
    this.facts = facts;
  }

  /** A request has been admitted, which metrics learn from a fact of its own. */
  admit(handle: i32): void {
    if (handle >= this.toldHeld.length) this.enlarge(handle);
    this.toldHeld[handle] = this.cache.heldBlocks(handle);
    this.toldWrites[handle] = 0;
  }

  /** Measures what the step just scheduled does. */
  measure(step: ChunkedStep): void {
    const work = this.work;
    const running = this.running;
    const lockstep = running.lockstep;
    const apart = running.apart;
    const scheduled = step.scheduled;
    work.clear();
    work.decodeSequences = lockstep.size;
    work.contextTokens = lockstep.contextTokens;
    this.firstTokens = 0;
    for (let index = 0; index < scheduled.length; index += 1)
      this.measureApart(running.of(scheduled.at(index)));
    for (let handle = apart.first(0); handle >= 0; handle = apart.after(handle))
      if (running.of(handle).scheduledTokens === 0) this.tellLeftOut(handle);
  }

  /** The step's tokens exist: tells of the prompts, or parts of them, that it computed. */
  tellComputed(step: ChunkedStep, atNs: f64): void {
    const scheduled = step.scheduled;
    for (let index = 0; index < scheduled.length; index += 1) {
      const request = this.running.of(scheduled.at(index));
      if (request.decodes) continue;
      const handle = request.handle;
      const tokens = request.scheduledTokens;
      const writtenTokens = this.cache.computedTokens(handle);
      if (writtenTokens < this.cache.knownTokens(handle)) {
        this.facts.computed(atNs, request, writtenTokens, tokens);
        continue;
      }
      this.toldWrites[handle] = 1;
      this.facts.prefilled(atNs, request, writtenTokens, tokens);
    }
  }

  private measureApart(request: ChunkedRequest): void {
    const work = this.work;
    const handle = request.handle;
    const scheduledTokens = request.scheduledTokens;
    const after = this.cache.computedTokens(handle);
    const before = after - scheduledTokens;
    this.tellHeld(handle, request.decodes, before);
    if (request.decodes) {
      work.decodeSequences += 1;
      work.contextTokens += before;
      return;
    }
    work.prefillTokens += scheduledTokens;
    work.prefillSquares += <f64>after * <f64>after - <f64>before * <f64>before;
    work.prefillContext += before;
    if (after === this.cache.knownTokens(handle)) this.firstTokens += 1;
  }

  private tellLeftOut(handle: i32): void {
    this.tellHeld(handle, false, this.cache.computedTokens(handle));
  }

  private tellHeld(handle: i32, writes: bool, writtenTokens: i32): void {
    const held = this.cache.heldBlocks(handle);
    const told: i32 = writes ? 1 : 0;
    if (held === this.toldHeld[handle] && told === this.toldWrites[handle]) return;
    this.toldHeld[handle] = held;
    this.toldWrites[handle] = told;
    this.facts.extended(this.running.of(handle), writtenTokens, writes);
  }

  private enlarge(handle: i32): void {
    const length = max(handle + 1, 2 * this.toldHeld.length);
    this.toldHeld = enlarged(this.toldHeld, length);
    this.toldWrites = enlarged(this.toldWrites, length);
  }
}
