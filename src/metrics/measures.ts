import type { MeasureConfig } from "../config/config.ts";
import type { BuiltRun } from "../engine/build.ts";
import { doublesAt, engine } from "../engine/engine.ts";
import {
  type Ending,
  endingOf,
  type Figures,
  readFigures,
  readTurnedAway,
  type TurnedAway,
} from "../engine/figures.ts";
import type { LatencyResult } from "../result.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { readLatencies } from "./latencies.ts";
import { POPULATION_COLUMNS } from "./population.ts";
import { SPACE_COLUMNS } from "./space-columns.ts";
import { Windows } from "./windows.ts";

/** Look-ups in a prefix cache, and what they found and threw out. */
export interface CacheFigures {
  readonly lookUps: number;
  readonly queriedTokens: number;
  readonly hitTokens: number;
  readonly evictedBlocks: number;
}

/** What the engine measured in a run. */
export interface Measures {
  readonly figures: Figures;
  readonly ending: Ending | null;
  readonly turnedAway: readonly TurnedAway[];
  readonly space: Windows;
  readonly population: Windows;
  readonly latency: LatencyResult;
  readonly fingerprint: string;
  /** Slots that can never be handed out. */
  readonly unusable: number;
  /** Null without a prefix cache. */
  readonly cache: CacheFigures | null;
}

/** Reads what was measured in a run that has ended. */
export function readMeasures(run: BuiltRun, { fromNs }: MeasureConfig): Measures {
  const { facts, space, pool, cache, cells } = run;
  const figures = readFigures(engine, run);
  return {
    figures,
    ending: endingOf(figures),
    turnedAway: readTurnedAway(facts),
    space: new Windows(engine.spaceWindows(space), SPACE_COLUMNS, fromNs),
    population: new Windows(engine.populationWindows(facts), POPULATION_COLUMNS, fromNs),
    latency: readLatencies(facts),
    fingerprint: fingerprintOf(engine, facts, cells),
    unusable: engine.unusableSlots(pool),
    cache: cache === null ? null : readCache(cache),
  };
}

function readCache(cache: number): CacheFigures {
  const [lookUps, queriedTokens, hitTokens, evictedBlocks] = doublesAt(
    engine.cacheFigures(cache),
    4,
  ) as unknown as [number, number, number, number];
  return { lookUps, queriedTokens, hitTokens, evictedBlocks };
}
