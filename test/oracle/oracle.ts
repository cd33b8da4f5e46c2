import type { Request } from "../../src/request.ts";
import type { SharingResult } from "../../src/result.ts";
import { buildPool } from "./build-pool.ts";
import { ChunkedOracle } from "./chunked/chunked-oracle.ts";
import { byArrival, type Group, newGroup, type Pool } from "./group.ts";
import { type Levels, levelsOf } from "./measure.ts";
import { occupancyOf } from "./occupancy.ts";
import { type OracleInput, ReferenceRun } from "./reference-run.ts";
import type { OracleResult } from "./result.ts";
import { type Round, runRound, tokensToPrefill, type World } from "./rounds.ts";
import { workOf } from "./work.ts";

export type { OracleInput } from "./reference-run.ts";

/** Simulates one setup token by token and sequence by sequence, as docs/model.md says and as slowly as that is. */
export function runOracle(input: OracleInput): OracleResult {
  const { policy } = input.setup.scheduler;
  return policy === "chunked" ? new ChunkedOracle(input).run() : new Oracle(input).run();
}

class Oracle extends ReferenceRun {
  readonly #pool: Pool;
  readonly #world: World;
  #forkCopies = 0;
  #prefills: readonly Group[] = [];
  #decodes: readonly Group[] = [];

  constructor(input: OracleInput) {
    let pool!: Pool;
    super(input, (onPlace) => {
      pool = buildPool(input, onPlace);
      return pool;
    });
    this.#pool = pool;
    this.#world = {
      scheduler: input.setup.scheduler,
      preemption: input.setup.preemption,
      pool,
      ledger: this.ledger,
      waiting: [],
      running: [],
      swapped: [],
      onFailed: (group) => this.arrivals.requestEnded(group.request.user, this.nowNs),
    };
  }

  protected levels(): Levels {
    return levelsOf(this.#world);
  }

  protected takeIn(request: Request): void {
    this.countArrival(request.id);
    const group = newGroup(request, this.input.config.maxModelLen);
    if (this.#isHopeless(group)) this.#reject(group);
    else this.#world.waiting.push(group);
  }

  protected schedule(): void {
    for (;;) {
      const round = runRound(this.#world, this.nowNs);
      this.tally.countRound(round, this.#world);
      if (round.aborted) {
        this.stopped = "aborted";
        return;
      }
      this.#trimWaiting();
      const swaps = round.swappedOutBlocks + round.swappedInBlocks;
      if (round.prefills.length + round.decodes.length + swaps > 0) {
        this.#begin(round);
        return;
      }
      if (round.preempted + round.failed > 0) continue;
      if (this.#world.waiting.length + this.#world.swapped.length > 0) this.stopped = "stalled";
      return;
    }
  }

  protected endIteration(): void {
    for (const group of this.#prefills) this.#prefilled(group);
    for (const group of this.#decodes) {
      group.written += 1;
      this.#emit(group);
    }
  }

  protected sharing(): Omit<SharingResult, "blocksSavedPercent"> {
    return {
      copyOnWriteCopies: this.tally.copyOnWriteCopies,
      prefixLookupTokens: null,
      prefixHitTokens: null,
      prefixHitRate: null,
      prefixHitRatePerRequest: null,
      evictedBlocks: null,
    };
  }

  #isHopeless(group: Group): boolean {
    const { maxBatchedTokens, maxRunning } = this.#world.scheduler;
    return (
      group.promptTokens >= this.input.config.maxModelLen ||
      group.promptTokens > maxBatchedTokens ||
      group.width > maxRunning ||
      this.#pool.neverAdmits(group)
    );
  }

  #reject(group: Group): void {
    this.ledger.fact("rejected", group.id, this.nowNs);
    this.arrivals.requestEnded(group.request.user, this.nowNs);
  }

  #trimWaiting(): void {
    const { maxWaiting } = this.#world.scheduler;
    if (maxWaiting === null) return;
    for (;;) {
      const fresh = byArrival(this.#world.waiting.filter((group) => group.admittedNs === null));
      if (fresh.length <= maxWaiting) return;
      const last = fresh.at(-1)!;
      this.#world.waiting = this.#world.waiting.filter((group) => group !== last);
      this.#reject(last);
    }
  }

  #begin(round: Round): void {
    const start = this.exactNow;
    const work = workOf(round, this.#forkCopies, this.#pool.blockSize ?? 0);
    const end = this.beginIteration(work);
    this.#forkCopies = 0;
    const { running } = this.#world;
    const freeShare = { hole: "external", other: "remainder", none: "idle" } as const;
    this.measure.iterated(
      [start, end],
      running.length,
      occupancyOf(running, this.#pool),
      freeShare[round.lastNo ?? "none"],
    );
    this.#prefills = round.prefills;
    this.#decodes = byArrival(round.decodes);
  }

  #prefilled(group: Group): void {
    const tokens = tokensToPrefill(group);
    if (group.preemptions > 0) this.tally.recomputedTokens += tokens;
    group.written = group.promptTokens + group.generated;
    group.firstTokenNs ??= this.nowNs;
    this.ledger.fact("prefilled", group.id, this.nowNs, tokens);
    if (!group.forked) {
      const copied = this.#pool.fork(group);
      group.forked = true;
      this.#forkCopies += copied;
      this.ledger.fact("forked", group.id, this.nowNs, copied);
    }
    this.#emit(group);
  }

  /** Each live sequence has one token more; those that have all of theirs leave. */
  #emit(group: Group): void {
    group.generated += 1;
    this.measure.emitted(this.exactNow, group.live.length);
    for (const sequence of [...group.live]) {
      if (sequence.output > group.generated) continue;
      this.ledger.fact("sequence-finished", group.id, this.nowNs, group.live.indexOf(sequence));
      this.#pool.release(sequence);
      group.live = group.live.filter((other) => other !== sequence);
    }
    if (group.live.length > 0) return;
    this.#world.running = this.#world.running.filter((other) => other !== group);
    this.ledger.fact("finished", group.id, this.nowNs);
    this.measure.finished(group, this.nowNs);
    this.arrivals.requestEnded(group.request.user, this.nowNs);
  }
}
