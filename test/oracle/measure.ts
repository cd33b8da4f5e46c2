import assert from "node:assert/strict";
import type { MeasureConfig } from "../../src/config/config.ts";
import { exactRatio } from "../../src/core/exact-ratio.ts";
import type { PoolShares, Timeline } from "../../src/result.ts";
import { type Emission, type Ended, latencyOf, throughputOf, type Window } from "./ended.ts";
import { overlap, ticksOfNs } from "./exact.ts";
import type { Group, PoolState } from "./group.ts";
import { NOTHING_HELD, type Occupancy } from "./occupancy.ts";
import type { FreeShare } from "./shares.ts";

const NANOSECONDS = 1e9;
const SHARES = [
  "tokenStates",
  "reserved",
  "internal",
  "rounding",
  "external",
  "remainder",
  "idle",
] as const;
type ShareSlots = Record<(typeof SHARES)[number], number>;

/** The pool as it stands for a stretch of exact time. */
interface PoolStretch {
  readonly from: bigint;
  readonly to: bigint;
  readonly shares: ShareSlots;
  readonly largestHole: number;
  readonly cached: number | undefined;
  /** Slots that all tables reach, and the distinct ones among them. */
  readonly reach: number;
  readonly held: number;
}

/** What the measures want to know of a request that finishes. */
export type Finishing = Pick<
  Group,
  "request" | "admittedNs" | "firstTokenNs" | "preemptedTotalNs" | "longest"
>;

const LEVELS = ["running", "sequences", "waiting", "swapped"] as const;
export type Levels = Record<(typeof LEVELS)[number], number>;

interface LevelStretch {
  readonly fromNs: number;
  readonly toNs: number;
  readonly levels: Levels;
}

/** Keeps everything that happened, and adds it up at the end, term by term. */
export class Measure {
  readonly #slots: number;
  readonly #pool: { state(): PoolState };
  readonly #stretches: PoolStretch[] = [];
  readonly #levels: LevelStretch[] = [];
  readonly #tokens: Emission[] = [];
  readonly #ended: Ended[] = [];
  #runningPeak = 0;
  #usedPeak: number;

  constructor(slots: number, pool: { state(): PoolState }) {
    this.#slots = slots;
    this.#pool = pool;
    this.#usedPeak = slots - pool.state().free;
  }

  idled(from: bigint, to: bigint): void {
    this.#stretch(from, to, NOTHING_HELD, "idle");
  }

  /** `running` requests held what `occupancy` says. */
  iterated(
    [from, to]: readonly [from: bigint, to: bigint],
    running: number,
    occupancy: Occupancy,
    freeShare: FreeShare,
  ): void {
    this.#runningPeak = Math.max(this.#runningPeak, running);
    this.#usedPeak = Math.max(this.#usedPeak, this.#slots - this.#pool.state().free);
    this.#stretch(from, to, occupancy, freeShare);
  }

  level(fromNs: number, toNs: number, levels: Levels): void {
    this.#levels.push({ fromNs, toNs, levels });
  }

  emitted(at: bigint, count: number): void {
    this.#tokens.push({ at, count });
  }

  finished(group: Finishing, endNs: number): void {
    this.#ended.push({
      arrivalNs: group.request.arrivalNs,
      admittedNs: group.admittedNs!,
      firstTokenNs: group.firstTokenNs!,
      endNs,
      preemptedNs: group.preemptedTotalNs,
      outputTokens: group.longest,
    });
  }

  /** `end`: the exact instant at which the run ended. */
  results(config: MeasureConfig, lastArrivalNs: number, endNs: number, end: bigint) {
    const { fromNs, until } = config;
    const namedUntil = until === "end" ? endNs : until === "last-arrival" ? lastArrivalNs : until;
    const whole = until === "last-arrival" ? lastArrivalNs + 1 : until;
    const exactUntil = whole === "end" ? end : ticksOfNs(whole);
    const window: Window = {
      fromNs,
      toNs: Math.min(namedUntil, endNs),
      from: ticksOfNs(fromNs),
      to: exactUntil < end ? exactUntil : end,
    };
    return {
      ...this.#poolResults(window),
      concurrency: this.#concurrency(
        window.fromNs,
        Math.min(whole === "end" ? endNs : whole, endNs),
      ),
      latency: latencyOf(this.#ended, window),
      throughput: throughputOf(this.#ended, this.#tokens, window, config.slo),
      timeline: this.#timeline(endNs, end),
    };
  }

  #stretch(from: bigint, to: bigint, occupancy: Occupancy, freeShare: FreeShare): void {
    const { free, unusable, largestHole, cached } = this.#pool.state();
    const { tokenStates, reserved, internal, rounding, reach, held } = occupancy;
    const shares: ShareSlots = {
      ...{ tokenStates, reserved, internal, rounding: rounding + unusable },
      ...{ external: 0, remainder: 0, idle: 0 },
    };
    shares[freeShare] += free;
    const everything = SHARES.reduce((sum, share) => sum + shares[share], 0);
    assert.equal(everything, this.#slots, "every slot is in one share");
    assert.equal(held + free + unusable, this.#slots, "every slot is held, free or unusable");
    this.#stretches.push({ from, to, shares, largestHole, cached, reach, held });
  }

  /** ∫ over exact time, in units × ticks. */
  #overTime(low: bigint, high: bigint, value: (stretch: PoolStretch) => number): bigint {
    return this.#stretches.reduce(
      (sum, stretch) => sum + overlap(stretch.from, stretch.to, low, high) * BigInt(value(stretch)),
      0n,
    );
  }

  /** ∫ over visible time, in units × nanoseconds. */
  #levelOverTime(fromNs: number, toNs: number, level: keyof Levels): bigint {
    return this.#levels.reduce(
      (sum, stretch) =>
        sum +
        overlap(BigInt(stretch.fromNs), BigInt(stretch.toNs), BigInt(fromNs), BigInt(toNs)) *
          BigInt(stretch.levels[level]),
      0n,
    );
  }

  #poolResults({ from, to }: Window) {
    const integral = (share: keyof ShareSlots) =>
      this.#overTime(from, to, (stretch) => stretch.shares[share]);
    const total = BigInt(this.#slots) * (to > from ? to - from : 0n);
    const wasted = (["reserved", "internal", "rounding", "external", "remainder"] as const)
      .map(integral)
      .reduce((sum, part) => sum + part, 0n);
    const share =
      total === 0n
        ? null
        : (Object.fromEntries(
            SHARES.map((name) => [name, exactRatio(integral(name), total)]),
          ) as unknown as PoolShares);
    const reach = this.#overTime(from, to, (stretch) => stretch.reach);
    const held = this.#overTime(from, to, (stretch) => stretch.held);
    return {
      memory: {
        share,
        cachedShare:
          this.#pool.state().cached === undefined
            ? null
            : exactRatio(
                this.#overTime(from, to, (stretch) => stretch.cached!),
                total,
              ),
        wastePercent: percent(exactRatio(wasted, total - integral("idle"))),
        utilizationPercent: percent(share?.tokenStates ?? null),
        usedSharePeak: this.#usedPeak / this.#slots,
        largestHoleShareMean: exactRatio(
          this.#overTime(from, to, (stretch) => stretch.largestHole),
          total,
        ),
      },
      blocksSavedPercent: percent(exactRatio(reach - held, reach)),
    };
  }

  #concurrency(fromNs: number, toNs: number) {
    const mean = (level: keyof Levels) =>
      exactRatio(this.#levelOverTime(fromNs, toNs, level), BigInt(Math.max(0, toNs - fromNs)));
    return {
      runningMean: mean("running"),
      runningPeak: this.#runningPeak,
      sequencesMean: mean("sequences"),
      waitingMean: mean("waiting"),
      swappedMean: mean("swapped"),
    };
  }

  #timeline(endNs: number, end: bigint): Timeline {
    let widthNs = 10_000_000;
    while (end > ticksOfNs(128 * widthNs)) widthNs *= 2;
    const bins = Array.from({ length: Math.max(1, Math.ceil(endNs / widthNs)) }, (_, bin) => bin);
    const count = (level: keyof Levels) =>
      bins.map((bin) => {
        const fromNs = bin * widthNs;
        const untilNs = Math.min(endNs, fromNs + widthNs);
        const integral = this.#levelOverTime(fromNs, untilNs, level);
        return rounded(exactRatio(integral, BigInt(untilNs - fromNs)) ?? 0, 1e3);
      });
    const share = (name: keyof ShareSlots) =>
      bins.map((bin) => {
        const from = ticksOfNs(bin * widthNs);
        const whole = from + ticksOfNs(widthNs);
        const until = whole < end ? whole : end;
        const integral = this.#overTime(from, until, (stretch) => stretch.shares[name]);
        return rounded(exactRatio(integral, BigInt(this.#slots) * (until - from)) ?? 0, 1e5);
      });
    return {
      binSeconds: widthNs / NANOSECONDS,
      running: count("running"),
      waiting: count("waiting"),
      swapped: count("swapped"),
      tokenStates: share("tokenStates"),
      reserved: share("reserved"),
      internal: share("internal"),
      rounding: share("rounding"),
      external: share("external"),
      remainder: share("remainder"),
      idle: share("idle"),
    };
  }
}

/** Sequences of running groups and the like: what the levels are now. */
export function levelsOf(lists: {
  readonly running: readonly Group[];
  readonly waiting: readonly Group[];
  readonly swapped: readonly Group[];
}): Levels {
  return {
    running: lists.running.length,
    sequences: lists.running.reduce((sum, group) => sum + group.live.length, 0),
    waiting: lists.waiting.length,
    swapped: lists.swapped.length,
  };
}

function percent(ratio: number | null): number | null {
  return ratio === null ? null : 100 * ratio;
}

function rounded(value: number, scale: number): number {
  return Math.round(value * scale) / scale;
}
