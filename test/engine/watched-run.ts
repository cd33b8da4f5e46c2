import { allocators, kvCaches } from "../../src/allocators/index.ts";
import type { Config, SetupConfig } from "../../src/config/config.ts";
import { assert } from "../../src/core/assert.ts";
import { type Nanoseconds, TICKS_PER_NANOSECOND } from "../../src/core/time.ts";
import { buildMetrics, chunkedServing, groupServing } from "../../src/engine/build.ts";
import { capOutputs } from "../../src/engine/cap-outputs.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { type Figures, readFigures } from "../../src/engine/figures.ts";
import { fingerprintOf } from "../../src/metrics/fingerprint.ts";
import { SPACE } from "../../src/metrics/space-columns.ts";
import type { Request } from "../../src/request.ts";
import { singleSequences } from "../../src/workload/single-sequences.ts";
import type { Arrival, RequestStream } from "../../src/workload/workload.ts";
import type { StepTime, Work } from "../oracle/step-time.ts";
import { type Compiled, compiled, integersAt, sourceAt } from "./compiled.ts";
import { describeGroup } from "./groups.ts";
import { windowTotalsAt } from "./metrics/windows.ts";

/** What is run, and how long an iteration of it lasts. */
export interface WatchedSetup {
  readonly setup: Pick<SetupConfig, "strategy" | "options" | "scheduler" | "preemption">;
  readonly config: Pick<Config, "pool" | "maxModelLen" | "measure">;
  readonly stream: RequestStream;
  readonly price: (work: Work) => StepTime;
}

/** Requests that wait, run and are swapped out, by id. */
export interface Queues {
  /** Those who decode, or are in the batch; of those served in rounds without {@link prefills}. */
  readonly running: readonly number[];
  /** Those served in rounds whose prompts are being computed, in order of admission. */
  readonly prefills: readonly number[];
  /** The next one first. */
  readonly waiting: readonly number[];
  /** The first to come back first. */
  readonly swapped: readonly number[];
}

/** What happened at an instant. */
export interface Instant {
  readonly nowNs: Nanoseconds;
  /** Whether it was decided what runs next, if anything. */
  readonly isDecision: boolean;
  /** Whether anything runs now. */
  readonly runs: boolean;
  /** Requests that finished, in order, and those that were rejected or failed. */
  readonly finished: readonly number[];
  readonly turnedAway: readonly number[];
  /** Those who lost their memory, and what became of it: a mode, or the tokens that were lost. */
  readonly preempted: readonly (readonly [id: number, what: string | number])[];
  readonly queues: Queues;
}

let watched: WatchedRun | null = null;
let transferTicks = 0;
const module: Compiled & Engine = (await compiled(sourceAt("test/engine/watched-run.as"), {
  arriveKnown: () => watched!.arriveKnown(),
  foresee: () => 0,
  arriveCaused: () => Infinity,
  ended: (user) => watched!.ended(user),
  progress() {},
  price: (
    prefillTokens,
    prefillSquares,
    prefillContext,
    decodeSequences,
    contextTokens,
    copiedTokens,
    swappedBlocks,
    swappedTokens,
  ) => {
    const { total, transfer } = watched!.price({
      prefillTokens: prefillTokens!,
      prefillSquares: prefillSquares!,
      prefillContext: prefillContext!,
      decodeSequences: decodeSequences!,
      contextTokens: contextTokens!,
      copiedTokens: copiedTokens!,
      swappedBlocks: swappedBlocks!,
      swappedTokens: swappedTokens!,
    });
    transferTicks = Number(transfer);
    return Number(total);
  },
  transferPrice: () => transferTicks,
  ...unheard(),
})) as never;

/** What a run without `--paranoid` never asks for. */
function unheard(): Record<string, () => void> {
  const names = ["settle", "admitted", "grown", "forked", "extended", "released", "swappedOut"];
  return Object.fromEntries(
    [...names, "swappedIn", "changed", "refused"].map((n) => [n, () => {}]),
  );
}

/** A run of one setup, iteration by iteration, as engine/replica.ts serves it. */
export class WatchedRun {
  readonly pool: number;
  readonly cache: number | null;
  readonly price: WatchedSetup["price"];
  readonly #serving: number;
  readonly #facts: number;
  readonly #space: number;
  readonly #cells: number;
  readonly #replica: number;
  readonly #given: WatchedSetup;
  readonly #isChunked: boolean;
  #known: Arrival | null;
  /** Requests as the stream sent them, and as they are served. */
  #sent = 0;
  #requests = 0;
  #ended: number[] = [];
  #queues: Queues = { running: [], prefills: [], waiting: [], swapped: [] };
  #isOver = false;

  constructor(given: WatchedSetup) {
    const { setup, config, stream, price } = given;
    const { scheduler } = setup;
    this.#given = given;
    this.price = price;
    this.#isChunked = scheduler.policy === "chunked";
    this.#cells = module.newDigest();
    const { slots } = config.pool;
    const { maxModelLen } = config;
    const environment = { engine: module, slots, maxModelLen, cells: this.#cells };
    const { strategy, options } = setup;
    if (scheduler.policy === "chunked") {
      const { maxBatchedTokens } = scheduler;
      const built = kvCaches[strategy]!.createCache(options, { ...environment, maxBatchedTokens });
      this.pool = built.pool;
      this.cache = built.cache;
    } else {
      const { swapSlots } = setup.preemption;
      this.pool = allocators[strategy]!.create(options, { ...environment, swapSlots }).pool;
      this.cache = null;
    }
    const { facts, space, aftermath } = buildMetrics(module, this.pool, config.measure);
    this.#facts = facts;
    this.#space = space;
    this.#serving = servingOf(given, this.pool, this.cache, aftermath);
    this.#known = stream.nextArrival();
    this.#replica = module.newReplica(
      this.#serving,
      module["newHostLatency"]!(),
      this.#facts,
      this.#space,
      aftermath,
      module.newForeseen(),
      this.#known?.atNs ?? Infinity,
    );
  }

  /** Serves through the next instant at which something happens; null when nothing does any more. */
  next(): Instant | null {
    if (this.#isOver) return null;
    watched = this;
    this.#ended = [];
    const before = { ...this.figures(), endNs: module["endOf"]!(this.#replica) };
    const queuesBefore = this.#queues;
    // It tells whether it found anything to happen only where it does not.
    if (module.run(this.#replica, 1) === 0) {
      this.#isOver = true;
      return null;
    }
    const after = this.figures();
    const endNs = module["endOf"]!(this.#replica);
    this.#queues = this.#isChunked ? this.#requestQueues() : this.#groupQueues();
    const finished = after.finished - before.finished;
    const preempted = this.#isChunked
      ? this.#pairs("requestsPreempted")
      : this.#groupsPreempted(queuesBefore);
    const isDecision = endNs === Infinity || endNs !== before.endNs;
    const preemptions = after.preemptions - before.preemptions;
    assert(!isDecision || preempted.length === preemptions, "somebody was preempted unseen");
    return {
      nowNs: module.nowNs(this.#replica),
      isDecision,
      runs: endNs < Infinity,
      finished: this.#ended.slice(0, finished),
      turnedAway: this.#ended.slice(finished),
      preempted,
      queues: this.#queues,
    };
  }

  /** All instants to the end. */
  *instants(): Generator<Instant> {
    for (let instant = this.next(); instant !== null; instant = this.next()) yield instant;
  }

  /** The request comes that is due; tells when the next one is. */
  arriveKnown(): number {
    const { stream, config } = this.#given;
    const request = capOutputs(stream.create(this.#sent, this.#known!), config.maxModelLen);
    this.#sent += 1;
    const parts = this.#isChunked ? singleSequences(request, this.#requests) : [request];
    for (const part of parts) this.#arrive(part);
    this.#known = stream.nextArrival();
    return this.#known?.atNs ?? Infinity;
  }

  ended(user: number): number {
    this.#ended.push(user);
    return Infinity;
  }

  /** Tokens of the batch that runs, and those of them that are of prompts. */
  get batchTokens(): number {
    return module["batchTokensOf"]!(this.#serving);
  }

  get prefillTokens(): number {
    return module["prefillTokensOf"]!(this.#serving);
  }

  get freeSlots(): number {
    return module.freeSlots(this.pool);
  }

  /** Free blocks of the CPU pool of a paged allocator. */
  get freeCpuBlocks(): number {
    return module["freeCpuBlocks"]!(this.pool);
  }

  /** Of those that the chunked scheduler's step admitted: the tokens that they found in the cache. */
  admitted(): readonly (readonly [id: number, hitTokens: number])[] {
    return this.#pairs("requestsAdmitted");
  }

  /** Tokens that its step computes of each prompt whose end it does not reach. */
  parts(): readonly number[] {
    return this.#list("partsComputed", this.cache!);
  }

  /** Counts of the run so far. */
  figures(): Figures {
    return readFigures(module, {
      facts: this.#facts,
      space: this.#space,
      serving: this.#serving,
    });
  }

  /** Closes what is open at the end of the run; then tells slots × ticks by column, and the digest of all decisions and cells. */
  end(): { readonly space: readonly bigint[]; readonly ticks: bigint; readonly print: string } {
    module.end(this.#facts, this.#space, module.nowNs(this.#replica));
    const windows = module.spaceWindows(this.#space);
    const [endNs, endTicks] = [
      ...new Float64Array(module.memory.buffer, module.windowFigures(windows), 2),
    ] as [number, number];
    const reads = {
      ...{ memory: module.memory, sums: module.integralSums, carried: module.integralsCarried },
      ...{ windowFrom: module.windowFrom, windowUntil: module.windowUntil },
      windowEndNs: () => endNs,
    };
    return {
      space: windowTotalsAt(reads as never, windows, 0).slice(0, SPACE.idle + 1),
      ticks: BigInt(endNs) * BigInt(TICKS_PER_NANOSECOND) + BigInt(endTicks),
      print: fingerprintOf(module, this.#facts, this.#cells),
    };
  }

  /** Each request has itself for a user, so that its end is heard of. */
  #arrive(request: Request): void {
    const id = this.#requests;
    this.#requests += 1;
    const { arrivalNs, promptTokens, outputTokens } = request;
    const group = module.newcomer(this.#serving, id, arrivalNs, promptTokens, outputTokens[0]!);
    describeGroup(module, group, { ...request, user: id });
    module.arrive(this.#facts, this.#serving, group);
  }

  #requestQueues(): Queues {
    const running = this.#list("requestsRunning");
    return { running, prefills: [], waiting: this.#list("requestsWaiting"), swapped: [] };
  }

  #groupQueues(): Queues {
    return {
      running: this.#list("groupsDecoding"),
      prefills: this.#list("groupsPrefilled"),
      waiting: this.#list("groupsWaiting"),
      swapped: this.#list("groupsSwapped"),
    };
  }

  /** Of those who ran before: the victim is always whoever arrived last. */
  #groupsPreempted(before: Queues): [number, string][] {
    const { waiting, swapped } = this.#queues;
    return [...before.running, ...before.prefills]
      .filter((id) => waiting.includes(id) || swapped.includes(id))
      .toSorted((a, b) => b - a)
      .map((id) => [id, swapped.includes(id) ? "swap" : "recompute"]);
  }

  #pairs(which: string): [number, number][] {
    const numbers = this.#list(which);
    return Array.from({ length: numbers.length / 2 }, (_, at) => [
      numbers[2 * at]!,
      numbers[2 * at + 1]!,
    ]);
  }

  #list(which: string, ...more: number[]): number[] {
    const mark = module.mark();
    const list = [...integersAt(module, (module as Compiled)[which]!(this.#serving, ...more))];
    module.release(mark);
    return list;
  }
}

function servingOf(
  { setup, config }: WatchedSetup,
  pool: number,
  cache: number | null,
  aftermath: number,
): number {
  const { maxModelLen } = config;
  const { scheduler } = setup;
  if (scheduler.policy === "chunked")
    return chunkedServing(module, scheduler, maxModelLen, cache!, pool, aftermath);
  assert(scheduler.policy === "prefill-first", "only vLLM's schedulers are watched");
  return groupServing(module, setup, maxModelLen, pool, aftermath);
}
