import type { PlacementName } from "../../../../src/allocators/placements.ts";
import type { Extent } from "../../../../src/allocators/pool.ts";
import type { Placement } from "./placement.ts";

/** The placement `name` on an empty pool, by linear scans that are obviously right. */
export function placementModel(name: PlacementName, slots: number): Placement {
  return name === "buddy" ? new BuddyModel(slots) : new HoleModel(slots, CHOICES[name]);
}

type Choice = (holes: readonly Extent[], lastEnd: number) => Extent | undefined;

/** Which of the holes that are large enough, lowest first, is cut. */
const CHOICES: Record<Exclude<PlacementName, "buddy">, Choice> = {
  "first-fit": ([first]) => first,
  "best-fit": (holes) => holes.toSorted((a, b) => a.count - b.count)[0],
  "worst-fit": (holes) => holes.toSorted((a, b) => b.count - a.count)[0],
  "next-fit": (holes, lastEnd) => holes.find(({ start }) => start >= lastEnd) ?? holes[0],
};

/** A flag for each slot; a placement that fails half-way puts all flags back. */
class HoleModel implements Placement {
  #taken: boolean[];
  #lastEnd = 0;
  readonly #choice: Choice;

  constructor(slots: number, choice: Choice) {
    this.#taken = Array.from({ length: slots }, () => false);
    this.#choice = choice;
  }

  get free(): number {
    return this.#taken.filter((taken) => !taken).length;
  }

  get largestHole(): number {
    return Math.max(0, ...this.holes().map(({ count }) => count));
  }

  chunkSlots(size: number): number {
    return size;
  }

  placeAll(sizes: readonly number[]): number[] | null {
    const before = { taken: [...this.#taken], lastEnd: this.#lastEnd };
    const addresses: number[] = [];
    for (const size of sizes) {
      const hole = this.#choice(
        this.holes().filter(({ count }) => count >= size),
        this.#lastEnd,
      );
      if (hole === undefined) {
        this.#taken = before.taken;
        this.#lastEnd = before.lastEnd;
        return null;
      }
      this.#lastEnd = hole.start + size;
      this.#taken.fill(true, hole.start, this.#lastEnd);
      addresses.push(hole.start);
    }
    return addresses;
  }

  release(address: number, size: number): void {
    this.#taken.fill(false, address, address + size);
  }

  holes(): Extent[] {
    const holes: { start: number; count: number }[] = [];
    this.#taken.forEach((taken, slot) => {
      if (taken) return;
      const last = holes.at(-1);
      if (last !== undefined && last.start + last.count === slot) last.count += 1;
      else holes.push({ start: slot, count: 1 });
    });
    return holes;
  }
}

/** A binary tree for each power of two in the pool's size: a block is free, taken, or split in halves. */
class BuddyModel implements Placement {
  #roots: Block[] = [];

  constructor(slots: number) {
    let start = 0;
    for (const digit of slots.toString(2).split("").entries()) {
      const count = 2 ** (slots.toString(2).length - 1 - digit[0]);
      if (digit[1] === "0") continue;
      this.#roots.push({ start, count, taken: false, halves: null });
      start += count;
    }
  }

  get free(): number {
    return this.holes().reduce((sum, { count }) => sum + count, 0);
  }

  get largestHole(): number {
    return Math.max(0, ...this.holes().map(({ count }) => count));
  }

  chunkSlots(size: number): number {
    return 2 ** Math.ceil(Math.log2(size));
  }

  placeAll(sizes: readonly number[]): number[] | null {
    const before = structuredClone(this.#roots);
    const addresses: number[] = [];
    for (const size of sizes) {
      const chunk = this.chunkSlots(size);
      const [block] = this.#freeBlocks()
        .filter(({ count }) => count >= chunk)
        .toSorted((a, b) => a.count - b.count);
      if (block === undefined) {
        this.#roots = before;
        return null;
      }
      addresses.push(take(block, chunk));
    }
    return addresses;
  }

  release(address: number): void {
    const give = (block: Block): void => {
      if (block.taken && block.start === address) block.taken = false;
      for (const half of block.halves ?? []) give(half);
      const whole = block.halves?.every((half) => !half.taken && half.halves === null) ?? false;
      if (whole) block.halves = null;
    };
    this.#roots.forEach(give);
  }

  holes(): Extent[] {
    return this.#freeBlocks().map(({ start, count }) => ({ start, count }));
  }

  #freeBlocks(): Block[] {
    const collect = (block: Block): Block[] =>
      block.halves?.flatMap(collect) ?? (block.taken ? [] : [block]);
    return this.#roots.flatMap(collect);
  }
}

interface Block {
  readonly start: number;
  readonly count: number;
  taken: boolean;
  halves: readonly Block[] | null;
}

function take(block: Block, chunk: number): number {
  if (block.count === chunk) {
    block.taken = true;
    return block.start;
  }
  const count = block.count / 2;
  const low = { start: block.start, count, taken: false, halves: null };
  const high = { start: block.start + count, count, taken: false, halves: null };
  block.halves = [low, high];
  return take(low, chunk);
}
