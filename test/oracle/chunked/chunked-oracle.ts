import assert from "node:assert/strict";
import type { ChunkedSchedulerConfig } from "../../../src/config/scheduler-config.ts";
import type { Request } from "../../../src/request.ts";
import type { SharingResult } from "../../../src/result.ts";
import type { Levels } from "../measure.ts";
import { type OracleInput, ReferenceRun } from "../reference-run.ts";
import type { Work } from "../step-time.ts";
import { PrefixPool } from "./prefix-pool.ts";
import { type Single, singlesOf } from "./single.ts";
import { type ChunkedWorld, putInLine, runStep, type Step } from "./step.ts";

/** vLLM V1 as docs/model.md has it: one step after the other, one request of one sequence after the other. */
export class ChunkedOracle extends ReferenceRun {
  readonly #world: ChunkedWorld;
  #step: Step | null = null;
  /** Prompt tokens of those admitted for the first time, and what of them was found. */
  #promptTokens = 0;
  #promptHitTokens = 0;

  constructor(input: OracleInput) {
    let pool!: PrefixPool;
    const { setup, config } = input;
    super(input, (onPlace) => {
      const { blockSize, caching } = setup.options as { blockSize: number; caching: boolean };
      pool = new PrefixPool({ slots: config.pool.slots, blockSize, caching, onPlace });
      return pool;
    });
    this.#world = {
      scheduler: setup.scheduler as ChunkedSchedulerConfig,
      maxModelLen: config.maxModelLen,
      pool,
      running: [],
      waiting: [],
      lookedUpTokens: 0,
      hitTokens: 0,
    };
  }

  protected levels(): Levels {
    const { running, waiting } = this.#world;
    const runs = running.length;
    return { running: runs, sequences: runs, waiting: waiting.length, swapped: 0 };
  }

  protected takeIn(request: Request): void {
    for (const single of singlesOf(request, this.tally.arrived, this.#world.maxModelLen)) {
      this.countArrival(single.id);
      if (this.#isHopeless(single)) this.#reject(single);
      else putInLine(this.#world, single);
    }
  }

  protected schedule(): void {
    for (;;) {
      const step = runStep(this.#world);
      this.#tellPreempted(step);
      this.#tellAdmitted(step);
      this.#trimWaiting();
      if (step.scheduled.size > 0) {
        this.#begin(step);
        return;
      }
      if (step.preempted.length > 0) continue;
      const head = this.#world.waiting.shift();
      if (head === undefined) return;
      assert(this.#world.running.length === 0, "who runs computes a token in every empty step");
      this.#fail(head);
    }
  }

  protected endIteration(): void {
    const scheduled = [...this.#step!.scheduled];
    this.#step = null;
    for (const [single, tokens] of scheduled.filter(([{ decodes }]) => !decodes))
      this.#prefilled(single, tokens);
    const decoding = scheduled.filter(([{ decodes }]) => decodes);
    for (const [single] of decoding) single.computed = single.known.length;
    for (const [single] of scheduled) {
      if (single.computed < single.known.length) continue;
      single.decodes = true;
      single.known.push(single.outputToken(single.generated));
      single.generated += 1;
      this.measure.emitted(this.exactNow, 1);
    }
    for (const [single] of scheduled) if (single.generated === single.longest) this.#end(single);
  }

  protected sharing(): Omit<SharingResult, "blocksSavedPercent"> {
    const { lookedUpTokens, hitTokens, pool } = this.#world;
    const { caching } = pool;
    return {
      copyOnWriteCopies: 0,
      prefixLookupTokens: caching ? lookedUpTokens : null,
      prefixHitTokens: caching ? hitTokens : null,
      prefixHitRate: caching ? ratio(hitTokens, lookedUpTokens) : null,
      prefixHitRatePerRequest: caching ? ratio(this.#promptHitTokens, this.#promptTokens) : null,
      evictedBlocks: caching ? pool.evicted : null,
    };
  }

  #isHopeless({ promptTokens }: Single): boolean {
    const { pool, maxModelLen } = this.#world;
    const { chunkedPrefill, maxBatchedTokens } = this.#world.scheduler;
    return (
      promptTokens >= maxModelLen ||
      (!chunkedPrefill && promptTokens > maxBatchedTokens) ||
      pool.blocksFor(promptTokens) > pool.usable
    );
  }

  #tellPreempted(step: Step): void {
    for (const { single, lostTokens, fails } of step.preempted) {
      if (fails) this.#fail(single);
      else {
        single.preemptions += 1;
        single.preemptedNs = this.nowNs;
        this.tally.preempted.add(single.id);
        this.ledger.fact("preempted", single.id, this.nowNs, 0, lostTokens, 0);
      }
    }
  }

  #tellAdmitted(step: Step): void {
    for (const single of step.admitted) {
      if (single.admittedNs === null) {
        this.#promptTokens += single.promptTokens;
        this.#promptHitTokens += single.computed;
        single.admittedNs = this.nowNs;
      }
      if (single.preemptedNs !== null) {
        single.preemptedTotalNs += this.nowNs - single.preemptedNs;
        single.preemptedNs = null;
      }
      this.tally.admitted.add(single.id);
      this.ledger.fact("admitted", single.id, this.nowNs, single.computed);
    }
  }

  #trimWaiting(): void {
    const { maxWaiting } = this.#world.scheduler;
    for (;;) {
      const fresh = this.#world.waiting.filter(({ admittedNs }) => admittedNs === null);
      if (maxWaiting === null || fresh.length <= maxWaiting) return;
      const last = fresh.reduce((latest, other) => (other.id > latest.id ? other : latest));
      this.#world.waiting = this.#world.waiting.filter((single) => single !== last);
      this.#reject(last);
    }
  }

  #begin(step: Step): void {
    const start = this.exactNow;
    const end = this.beginIteration(workOf(step));
    const { running, pool } = this.#world;
    const freeShare = step.refused ? "remainder" : "idle";
    this.measure.iterated([start, end], running.length, pool.occupancy(), freeShare);
    this.#step = step;
  }

  #prefilled(single: Single, tokens: number): void {
    single.computed += tokens;
    if (single.preemptions > 0) this.tally.recomputedTokens += tokens;
    const isWhole = single.computed === single.known.length;
    if (isWhole) single.firstTokenNs ??= this.nowNs;
    this.ledger.fact(isWhole ? "prefilled" : "computed", single.id, this.nowNs, tokens);
  }

  #end(single: Single): void {
    this.#world.pool.release(single);
    this.#world.running = this.#world.running.filter((other) => other !== single);
    this.ledger.fact("sequence-finished", single.id, this.nowNs, 0);
    this.ledger.fact("finished", single.id, this.nowNs);
    this.measure.finished(single, this.nowNs);
    this.#ended(single);
  }

  #reject(single: Single): void {
    this.ledger.fact("rejected", single.id, this.nowNs);
    this.#ended(single);
  }

  #fail(single: Single): void {
    this.ledger.fact("failed", single.id, this.nowNs);
    this.#ended(single);
  }

  /** A user goes on when the last of what he sent has ended. */
  #ended({ sent }: Single): void {
    sent.unended -= 1;
    if (sent.unended === 0) this.arrivals.requestEnded(sent.user, this.nowNs);
  }
}

function workOf({ scheduled }: Step): Work {
  const work = {
    prefillTokens: 0,
    prefillSquares: 0,
    prefillContext: 0,
    decodeSequences: 0,
    contextTokens: 0,
  };
  for (const [{ computed, decodes }, tokens] of scheduled) {
    if (decodes) {
      work.decodeSequences += 1;
      work.contextTokens += computed;
    } else {
      work.prefillTokens += tokens;
      work.prefillSquares += (computed + tokens) ** 2 - computed ** 2;
      work.prefillContext += computed;
    }
  }
  return { ...work, copiedTokens: 0, swappedBlocks: 0, swappedTokens: 0 };
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
