import { type PlacementName, placements } from "../src/allocators/placements.ts";
import { randomStream } from "../src/core/random.ts";
import {
  type EnginePlacement,
  enginePlacements,
} from "../test/engine/allocators/placement/placement.ts";
import { integersAt } from "../test/engine/compiled.ts";
import { secondsPerUnit, shortRepetitions, task } from "./clock.ts";
import { prefixCache } from "./prefix-cache.ts";
import type { Part, Row, Section } from "./section.ts";

const STEPS = 20_000;

/** The structures under the allocators, each alone. */
export const micro: Part = {
  name: "micro",
  async measure({ quick }) {
    return [await placementSection(quick), await prefixSection(quick)];
  },
};

const POOL_SLOTS = [16_384, 131_072, 1_048_576];
const SMALLEST = 64;
const LARGEST = 1024;

async function placementSection(quick: boolean): Promise<Section> {
  const names = Object.keys(placements) as PlacementName[];
  const create = await enginePlacements({ asRun: true });
  const pairs = (name: PlacementName) =>
    POOL_SLOTS.map((slots) => task(() => replaceAll(create(name, slots))));
  return {
    ...(await micros(names, names.map(pairs), quick)),
    name: "micro-placement",
    title: "Placement: ns for a free and an allocation in a full pool",
    columns: sizeColumns(POOL_SLOTS, "slots"),
    notes: [
      `Chunks of ${SMALLEST} to ${LARGEST} slots, all sizes alike, leave at random. A request that is refused makes the next pair dearer.`,
    ],
  };
}

/** Fills a pool, then lets a chunk leave for each one that comes. A unit is such a pair. */
function replaceAll(placement: EnginePlacement): () => number {
  const random = randomStream(1, "bench/placement");
  const size = () => SMALLEST + Math.floor(random() * (LARGEST - SMALLEST + 1));
  const sizes = Int32Array.from({ length: STEPS }, size);
  const picks = Float64Array.from({ length: STEPS }, random);
  const live: { address: number; size: number }[] = [];
  const place = (wanted: number): boolean => {
    const address = placement.place(wanted);
    if (address >= 0) live.push({ address, size: wanted });
    return address >= 0;
  };
  while (place(size())) {}
  return () => {
    let placed = 0;
    for (let step = 0; step < STEPS; step += 1) {
      const at = Math.floor(picks[step]! * live.length);
      const leaving = live[at]!;
      live[at] = live.at(-1)!;
      live.pop();
      placement.release(leaving.address, leaving.size);
      // A refusal leaves room for the next one.
      if (place(sizes[step]!) || live.length === 0) placed += 1;
      if (live.length === 0) place(SMALLEST);
    }
    return placed;
  };
}

const BLOCK_SIZE = 16;
const PROMPT_BLOCKS = 64;
const PROMPT_TOKENS = PROMPT_BLOCKS * BLOCK_SIZE;
/** Of a request, and of a step. */
const MAX_TOKENS = 8192;
const POOL_BLOCKS = [4096, 65_536, 524_288];

async function prefixSection(quick: boolean): Promise<Section> {
  const names = ["look up a cached prompt", "look up an unknown prompt", "hit, take and give back"];
  const works = [lookUpHits, lookUpMisses, takeHits];
  const tasks = works.map((work) => POOL_BLOCKS.map((blocks) => task(() => work(blocks))));
  return {
    ...(await micros(names, tasks, quick)),
    name: "micro-prefix",
    title: "Prefix cache full of prompts of 64 blocks: ns for a whole prompt",
    columns: sizeColumns(POOL_BLOCKS, "blocks"),
    notes: ["A prompt is looked up block by block until one is missing: 63 of 64 are hit."],
  };
}

/** Cached prompts fill the pool, and nobody holds any. */
async function fullCache(poolBlocks: number) {
  const engine = await prefixCache();
  const cache = engine.newKvCache(poolBlocks + 1, BLOCK_SIZE, 1, MAX_TOKENS);
  const prompts = Math.floor(poolBlocks / PROMPT_BLOCKS);
  engine.fill(cache, prompts, PROMPT_TOKENS);
  const random = randomStream(1, "bench/prefix");
  const order = engine.newIntegers(STEPS);
  integersAt(engine, order).set(
    Int32Array.from({ length: STEPS }, () => Math.floor(random() * prompts)),
  );
  return { engine, cache, order };
}

async function lookUpHits(poolBlocks: number): Promise<() => number> {
  const { engine, cache, order } = await fullCache(poolBlocks);
  return () => {
    const tokens = engine.lookUpAll(cache, order, 0, PROMPT_TOKENS);
    if (tokens !== STEPS * (PROMPT_BLOCKS - 1) * BLOCK_SIZE) throw new Error("a miss");
    return STEPS;
  };
}

async function lookUpMisses(poolBlocks: number): Promise<() => number> {
  const { engine, cache, order } = await fullCache(poolBlocks);
  return () => {
    if (engine.lookUpAll(cache, order, poolBlocks, PROMPT_TOKENS) !== 0) throw new Error("a hit");
    return STEPS;
  };
}

async function takeHits(poolBlocks: number): Promise<() => number> {
  const { engine, cache, order } = await fullCache(poolBlocks);
  return () => {
    engine.takeAll(cache, order, PROMPT_TOKENS);
    return STEPS;
  };
}

/** A line a name, a column a size. */
async function micros(
  names: readonly string[],
  tasks: readonly (readonly ReturnType<typeof task>[])[],
  quick: boolean,
): Promise<Pick<Section, "rows">> {
  const seconds = await secondsPerUnit(tasks.flat(), shortRepetitions(quick));
  const rows = names.map((name, line): Row => {
    const first = line * tasks[line]!.length;
    const figures = tasks[line]!.map((_, at) => [String(at), 1e9 * seconds[first + at]!]);
    return { name, figures: Object.fromEntries(figures) };
  });
  return { rows };
}

function sizeColumns(sizes: readonly number[], unit: string): Section["columns"] {
  return sizes.map((size, at) => ({
    key: String(at),
    heading: `${size.toLocaleString("en-US")} ${unit}`,
    format: "whole",
  }));
}
