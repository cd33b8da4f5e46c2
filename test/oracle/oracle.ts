import type { Config, SetupConfig } from "../../src/config/config.ts";
import type { LatencyModel } from "../../src/latency/latency.ts";
import type { Arrival, RequestStream } from "../../src/workload/workload.ts";
import { Arrivals } from "./arrivals.ts";
import { buildPool } from "./build-pool.ts";
import { ticksOf, ticksOfNs, visibleNs } from "./exact.ts";
import { byArrival, type Group, newGroup, type Pool } from "./group.ts";
import { Ledger } from "./ledger.ts";
import { levelsOf, Measure } from "./measure.ts";
import type { OracleResult } from "./result.ts";
import { type Round, runRound, tokensToPrefill, type World } from "./rounds.ts";
import { Tally } from "./tally.ts";
import { workOf } from "./work.ts";

export interface OracleInput {
  readonly setup: SetupConfig;
  readonly config: Pick<Config, "pool" | "maxModelLen" | "measure">;
  readonly stream: RequestStream;
  readonly latency: LatencyModel;
  readonly seed: number;
}

/** Simulates one setup token by token and sequence by sequence, as docs/model.md says and as slowly as that is. */
export function runOracle(input: OracleInput): OracleResult {
  return new Oracle(input).run();
}

interface Iteration {
  readonly end: bigint;
  readonly prefills: readonly Group[];
  readonly decodes: readonly Group[];
}

class Oracle {
  readonly #input: OracleInput;
  readonly #ledger = new Ledger();
  readonly #arrivals: Arrivals;
  readonly #pool: Pool;
  readonly #measure: Measure;
  readonly #world: World;
  readonly #tally = new Tally();
  /** Exact time at which the last iteration ended or idleness was last seen. */
  #exactNow = 0n;
  #levelsNs = 0;
  #lastArrivalNs = 0;
  #forkCopies = 0;
  #iteration: Iteration | null = null;
  #stopped: "aborted" | "stalled" | null = null;

  constructor(input: OracleInput) {
    this.#input = input;
    this.#arrivals = new Arrivals(input.stream);
    this.#pool = buildPool(input, (cell) => this.#ledger.cell(cell));
    this.#measure = new Measure(input.config.pool.slots, this.#pool);
    this.#world = {
      scheduler: input.setup.scheduler,
      preemption: input.setup.preemption,
      pool: this.#pool,
      ledger: this.#ledger,
      waiting: [],
      running: [],
      swapped: [],
      onFailed: (group) => this.#arrivals.requestEnded(group.request.user, this.#levelsNs),
    };
  }

  run(): OracleResult {
    while (this.#stopped === null) {
      const arrival = this.#arrivals.peek();
      const iteration = this.#iteration;
      if (iteration && (!arrival || visibleNs(iteration.end) <= arrival.atNs)) this.#end(iteration);
      else if (arrival !== null) this.#arrive(arrival);
      else break;
      const next = this.#arrivals.peek();
      const instantIsOver = next === null || next.atNs > this.#levelsNs;
      if (this.#iteration === null && instantIsOver) this.#schedule();
    }
    return this.#result();
  }

  /** Visible time moves on; the levels were what they are now. */
  #advance(toNs: number): void {
    this.#measure.level(this.#levelsNs, toNs, levelsOf(this.#world));
    this.#levelsNs = toNs;
  }

  /** A visible instant, or the exact present if that is in the same nanosecond. */
  #later(ns: number): bigint {
    const exact = ticksOfNs(ns);
    return exact > this.#exactNow ? exact : this.#exactNow;
  }

  #arrive(arrival: Arrival): void {
    this.#arrivals.take(arrival);
    this.#advance(arrival.atNs);
    const exact = ticksOfNs(arrival.atNs);
    if (this.#iteration === null && exact > this.#exactNow) {
      this.#measure.idled(this.#exactNow, exact);
      this.#exactNow = exact;
    }
    const request = this.#input.stream.create(this.#tally.arrived, arrival);
    this.#tally.arrived += 1;
    this.#lastArrivalNs = arrival.atNs;
    this.#ledger.fact("arrived", request.id, arrival.atNs);
    const group = newGroup(request, this.#input.config.maxModelLen);
    if (this.#isHopeless(group)) this.#reject(group);
    else this.#world.waiting.push(group);
  }

  #isHopeless(group: Group): boolean {
    const { maxBatchedTokens, maxRunning } = this.#input.setup.scheduler;
    return (
      group.promptTokens >= this.#input.config.maxModelLen ||
      group.promptTokens > maxBatchedTokens ||
      group.width > maxRunning ||
      this.#pool.neverAdmits(group)
    );
  }

  #reject(group: Group): void {
    this.#ledger.fact("rejected", group.id, this.#levelsNs);
    this.#arrivals.requestEnded(group.request.user, this.#levelsNs);
  }

  #schedule(): void {
    for (;;) {
      const round = runRound(this.#world, this.#levelsNs);
      this.#tally.countRound(round, this.#world);
      if (round.aborted) {
        this.#stopped = "aborted";
        return;
      }
      this.#trimWaiting();
      const swaps = round.swappedOutBlocks + round.swappedInBlocks;
      if (round.prefills.length + round.decodes.length + swaps > 0) {
        this.#begin(round);
        return;
      }
      if (round.preempted + round.failed > 0) continue;
      if (this.#world.waiting.length + this.#world.swapped.length > 0) this.#stopped = "stalled";
      return;
    }
  }

  #trimWaiting(): void {
    const { maxWaiting } = this.#input.setup.scheduler;
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
    const work = workOf(round, this.#forkCopies, this.#pool.blockSize ?? 0);
    this.#forkCopies = 0;
    const price = this.#input.latency.price(work);
    const start = this.#exactNow;
    const end = start + ticksOf(price.series.first);
    this.#tally.transfer += ticksOf(price.transfer);
    this.#tally.iterations += 1;
    const freeShare = { hole: "external", other: "remainder", none: "idle" } as const;
    this.#measure.iterated(start, end, this.#world.running, freeShare[round.lastNo ?? "none"]);
    this.#iteration = { end, prefills: round.prefills, decodes: byArrival(round.decodes) };
  }

  #end(iteration: Iteration): void {
    this.#advance(visibleNs(iteration.end));
    this.#exactNow = iteration.end;
    this.#iteration = null;
    for (const group of iteration.prefills) this.#prefilled(group);
    for (const group of iteration.decodes) {
      group.written += 1;
      this.#emit(group);
    }
  }

  #prefilled(group: Group): void {
    const tokens = tokensToPrefill(group);
    if (group.preemptions > 0) this.#tally.recomputedTokens += tokens;
    group.written = group.promptTokens + group.generated;
    group.firstTokenNs ??= this.#levelsNs;
    this.#ledger.fact("prefilled", group.id, this.#levelsNs, tokens);
    if (!group.forked) {
      const copied = this.#pool.fork(group);
      group.forked = true;
      this.#forkCopies += copied;
      this.#ledger.fact("forked", group.id, this.#levelsNs, copied);
    }
    this.#emit(group);
  }

  /** Each live sequence has one token more; those that have all of theirs leave. */
  #emit(group: Group): void {
    group.generated += 1;
    this.#measure.emitted(this.#exactNow, group.live.length);
    for (const sequence of [...group.live]) {
      if (sequence.output > group.generated) continue;
      this.#ledger.fact(
        "sequence-finished",
        group.id,
        this.#levelsNs,
        group.live.indexOf(sequence),
      );
      this.#pool.release(sequence);
      group.live = group.live.filter((other) => other !== sequence);
    }
    if (group.live.length > 0) return;
    this.#world.running = this.#world.running.filter((other) => other !== group);
    this.#ledger.fact("finished", group.id, this.#levelsNs);
    this.#measure.finished(group, this.#levelsNs);
    this.#arrivals.requestEnded(group.request.user, this.#levelsNs);
  }

  #result(): OracleResult {
    const { pool, measure } = this.#input.config;
    const measured = this.#measure.results(
      measure,
      this.#lastArrivalNs,
      this.#levelsNs,
      this.#later(this.#levelsNs),
    );
    const { concurrency, latency, throughput, timeline, blocksSavedPercent } = measured;
    return {
      verdict: { status: this.#stopped ?? this.#tally.status(this.#ledger) },
      requests: this.#tally.requests(this.#ledger),
      memory: {
        slots: pool.slots,
        blockSize: this.#pool.blockSize,
        bytesPerToken: pool.bytesPerToken,
        ...measured.memory,
      },
      ...{ concurrency, latency, throughput, timeline },
      preemption: this.#tally.preemption(this.#ledger),
      sharing: {
        copyOnWriteCopies: this.#tally.copyOnWriteCopies,
        blocksSavedPercent,
        prefixLookupTokens: null,
        prefixHitTokens: null,
        prefixHitRate: null,
        prefixHitRatePerRequest: null,
        evictedBlocks: null,
      },
      simulated: {
        seconds: this.#levelsNs / 1e9,
        iterations: this.#tally.iterations,
        decisions: this.#ledger.decisions,
      },
      fingerprint: this.#ledger.fingerprint,
    };
  }
}
