import { type PlacementName, placements } from "../src/allocators/placement/index.ts";
import type { Placement } from "../src/allocators/placement/placement.ts";
import { randomStream } from "../src/core/random.ts";
import { secondsPerUnit, shortRepetitions, task } from "./clock.ts";
import type { Part, Row, Section } from "./section.ts";
import { kvCache } from "./vllm/kv-cache.ts";

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
  const pairs = (name: PlacementName) =>
    POOL_SLOTS.map((slots) => task(() => replaceAll(placements[name].create(slots))));
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
function replaceAll(placement: Placement): () => number {
  const random = randomStream(1, "bench/placement");
  const size = () => SMALLEST + Math.floor(random() * (LARGEST - SMALLEST + 1));
  const sizes = Int32Array.from({ length: STEPS }, size);
  const picks = Float64Array.from({ length: STEPS }, random);
  const live: { address: number; size: number }[] = [];
  const place = (wanted: number): boolean => {
    const [address] = placement.placeAll([wanted]) ?? [];
    if (address !== undefined) live.push({ address, size: wanted });
    return address !== undefined;
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

/** Cached prompts fill the pool, and nobody holds any. Handle 0 is free, and so is handle 1. */
function fullCache(poolBlocks: number) {
  const cache = kvCache(poolBlocks + 1, true);
  const prompts = Math.floor(poolBlocks / PROMPT_BLOCKS);
  for (let prompt = 0; prompt < prompts; prompt += 1) {
    cache.begin(0, promptOf(prompt));
    cache.allocate(0, PROMPT_BLOCKS * BLOCK_SIZE);
    cache.free(0);
  }
  const random = randomStream(1, "bench/prefix");
  const order = Int32Array.from({ length: STEPS }, () => Math.floor(random() * prompts));
  return { cache, order };
}

function promptOf(contentId: number) {
  return [{ contentId, offset: 0, length: PROMPT_BLOCKS * BLOCK_SIZE }];
}

function lookUpHits(poolBlocks: number): () => number {
  const { cache, order } = fullCache(poolBlocks);
  return () => {
    let tokens = 0;
    for (const prompt of order) {
      cache.begin(0, promptOf(prompt));
      tokens += cache.lookUp(0);
      cache.free(0);
    }
    if (tokens !== order.length * (PROMPT_BLOCKS - 1) * BLOCK_SIZE) throw new Error("a miss");
    return order.length;
  };
}

function lookUpMisses(poolBlocks: number): () => number {
  const { cache, order } = fullCache(poolBlocks);
  return () => {
    let tokens = 0;
    for (const prompt of order) {
      cache.begin(0, promptOf(prompt + poolBlocks));
      tokens += cache.lookUp(0);
      cache.free(0);
    }
    if (tokens !== 0) throw new Error("a hit");
    return order.length;
  };
}

function takeHits(poolBlocks: number): () => number {
  const { cache, order } = fullCache(poolBlocks);
  return () => {
    for (const prompt of order) {
      cache.begin(0, promptOf(prompt));
      const hit = cache.lookUp(0);
      cache.allocate(0, PROMPT_BLOCKS * BLOCK_SIZE - hit);
      cache.free(0);
    }
    return order.length;
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
