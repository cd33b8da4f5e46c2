import type { Config, SetupConfig } from "../../src/config/config.ts";
import type { Request } from "../../src/request.ts";
import type { SharingResult } from "../../src/result.ts";
import type { RequestStream } from "../../src/workload/workload.ts";
import { Arrivals } from "./arrivals.ts";
import { ticksOfNs, visibleNs } from "./exact.ts";
import type { PoolState } from "./group.ts";
import { Ledger } from "./ledger.ts";
import { type Levels, Measure } from "./measure.ts";
import type { OracleResult } from "./result.ts";
import { stepTime, type Work } from "./step-time.ts";
import { Tally } from "./tally.ts";

export interface OracleInput {
  readonly setup: SetupConfig;
  readonly config: Pick<Config, "pool" | "maxModelLen" | "measure">;
  readonly stream: RequestStream;
  readonly seed: number;
}

/** What a reference run is told of its pool, as it stands now. */
export interface PoolView {
  readonly blockSize: number | null;
  state(): PoolState;
}

/** Time, arrivals and books, one iteration after the other; who is served, and from what memory, is another's. */
export abstract class ReferenceRun {
  protected readonly input: OracleInput;
  protected readonly ledger = new Ledger();
  protected readonly arrivals: Arrivals;
  protected readonly tally = new Tally();
  protected readonly measure: Measure;
  /** Exact time at which the last iteration ended or idleness was last seen. */
  protected exactNow = 0n;
  protected nowNs = 0;
  protected stopped: "aborted" | "stalled" | null = null;
  readonly #pool: PoolView;
  #sent = 0;
  #lastArrivalNs = 0;
  /** Exact end of the iteration under way. */
  #iterationEnd: bigint | null = null;

  /** `makePool` is given what is to be called with each cell handed out. */
  constructor(input: OracleInput, makePool: (onPlace: (cell: number) => void) => PoolView) {
    this.input = input;
    this.arrivals = new Arrivals(input.stream);
    this.#pool = makePool((cell) => this.ledger.cell(cell));
    this.measure = new Measure(input.config.pool.slots, this.#pool);
  }

  /** How many run, wait and are swapped out now. */
  protected abstract levels(): Levels;
  protected abstract takeIn(request: Request): void;
  /** Nothing runs: begins an iteration, if there is anything to do. */
  protected abstract schedule(): void;
  /** The iteration under way has ended, now. */
  protected abstract endIteration(): void;
  protected abstract sharing(): Omit<SharingResult, "blocksSavedPercent">;

  run(): OracleResult {
    while (this.stopped === null) {
      const arrival = this.arrivals.peek();
      const end = this.#iterationEnd;
      if (end !== null && (arrival === null || visibleNs(end) <= arrival.atNs)) {
        this.#advance(visibleNs(end));
        this.exactNow = end;
        this.#iterationEnd = null;
        this.endIteration();
      } else if (arrival !== null) {
        this.arrivals.take(arrival);
        this.#arriveAt(arrival.atNs);
        this.takeIn(this.input.stream.create(this.#sent++, arrival));
      } else break;
      const next = this.arrivals.peek();
      const instantIsOver = next === null || next.atNs > this.nowNs;
      if (this.#iterationEnd === null && instantIsOver) this.schedule();
    }
    return this.#result();
  }

  /** An iteration begins now; returns when it will end. */
  protected beginIteration(work: Work): bigint {
    const { total, transfer } = stepTime(this.input.setup.latency, work);
    this.tally.transfer += transfer;
    this.tally.iterations += 1;
    this.#iterationEnd = this.exactNow + total;
    return this.#iterationEnd;
  }

  protected countArrival(id: number): void {
    this.tally.arrived += 1;
    this.ledger.fact("arrived", id, this.nowNs);
  }

  /** Visible time moves on; the levels were what they are now. */
  #advance(toNs: number): void {
    this.measure.level(this.nowNs, toNs, this.levels());
    this.nowNs = toNs;
  }

  #arriveAt(ns: number): void {
    this.#advance(ns);
    this.#lastArrivalNs = ns;
    const exact = ticksOfNs(ns);
    if (this.#iterationEnd !== null || exact <= this.exactNow) return;
    this.measure.idled(this.exactNow, exact);
    this.exactNow = exact;
  }

  #result(): OracleResult {
    const { pool, measure } = this.input.config;
    const visible = ticksOfNs(this.nowNs);
    const end = visible > this.exactNow ? visible : this.exactNow;
    const isCutShort = measure.until === "last-arrival" && this.arrivals.streamGoesOn;
    const window = isCutShort ? { ...measure, until: "end" as const } : measure;
    const measured = this.measure.results(window, this.#lastArrivalNs, this.nowNs, end);
    const { concurrency, latency, throughput, timeline, blocksSavedPercent } = measured;
    return {
      verdict: { status: this.stopped ?? this.tally.status(this.ledger) },
      requests: this.tally.requests(this.ledger),
      memory: {
        slots: pool.slots,
        blockSize: this.#pool.blockSize,
        bytesPerToken: pool.bytesPerToken,
        ...measured.memory,
      },
      ...{ concurrency, latency, throughput, timeline },
      preemption: this.tally.preemption(this.ledger),
      sharing: { ...this.sharing(), blocksSavedPercent },
      simulated: {
        seconds: this.nowNs / 1e9,
        iterations: this.tally.iterations,
        decisions: this.ledger.decisions,
      },
      fingerprint: this.ledger.fingerprint,
    };
  }
}
