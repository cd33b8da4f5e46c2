import assert from "node:assert/strict";
import { finalOf, type Group, type Growth, type No, type Pool, type Sequence } from "./group.ts";
import { nextPowerOfTwo, type Reservation } from "./reservation.ts";
import type { Holding } from "./shares.ts";

export type PlacementName = "first-fit" | "best-fit" | "next-fit" | "worst-fit" | "buddy";

/** A free or used piece of the pool: `size` slots from address `start`. */
interface Chunk {
  readonly start: number;
  readonly size: number;
}

/** Free holes, sorted by address. All policies scan all of them. */
interface Space {
  holes: Chunk[];
  /** Next-fit: where the last placement ended. */
  cursor: number;
}

function emptySpace(slots: number, placement: PlacementName): Space {
  return {
    holes: placement === "buddy" ? binaryCut(slots) : [{ start: 0, size: slots }],
    cursor: 0,
  };
}

/** The powers of two of the binary representation, largest first. */
function binaryCut(slots: number): Chunk[] {
  const cut: Chunk[] = [];
  let start = 0;
  for (let size = nextPowerOfTwo(slots); size >= 1; size /= 2) {
    if (size > slots - start) continue;
    cut.push({ start, size });
    start += size;
  }
  return cut;
}

function roundedSize(asked: number, placement: PlacementName): number {
  return placement === "buddy" ? nextPowerOfTwo(asked) : asked;
}

function chooseHole(space: Space, size: number, placement: PlacementName): Chunk | undefined {
  const fitting = space.holes.filter((hole) => hole.size >= size);
  switch (placement) {
    case "first-fit":
      return fitting[0];
    case "best-fit":
    case "buddy":
      return [...fitting].sort((a, b) => a.size - b.size || a.start - b.start)[0];
    case "worst-fit":
      return [...fitting].sort((a, b) => b.size - a.size || a.start - b.start)[0];
    case "next-fit":
      return fitting.find((hole) => hole.start >= space.cursor) ?? fitting[0];
  }
}

/** Takes `size` slots out of the space; null, leaving it as it was, if no hole is large enough. */
function place(space: Space, size: number, placement: PlacementName): Chunk | null {
  const hole = chooseHole(space, size, placement);
  if (hole === undefined) return null;
  const rest = placement === "buddy" ? halves(hole, size) : [tail(hole, size)];
  space.holes = sorted([...space.holes.filter((other) => other !== hole), ...rest]);
  space.cursor = hole.start + size;
  return { start: hole.start, size };
}

function tail(hole: Chunk, size: number): Chunk {
  return { start: hole.start + size, size: hole.size - size };
}

/** The high halves left over when the low half is split again and again down to `size`. */
function halves(hole: Chunk, size: number): Chunk[] {
  const left: Chunk[] = [];
  for (let half = hole.size / 2; half >= size; half /= 2) {
    left.push({ start: hole.start + half, size: half });
  }
  return left;
}

function sorted(holes: readonly Chunk[]): Chunk[] {
  return holes.filter((hole) => hole.size > 0).sort((a, b) => a.start - b.start);
}

function mergeNeighbours(holes: readonly Chunk[]): Chunk[] {
  const merged: Chunk[] = [];
  for (const hole of holes) {
    const before = merged.at(-1);
    if (before !== undefined && before.start + before.size === hole.start) {
      merged[merged.length - 1] = { start: before.start, size: before.size + hole.size };
    } else merged.push(hole);
  }
  return merged;
}

/** Merges two free buddies, anywhere, until there are none; a buddy never reaches beyond the original cut. */
function mergeBuddies(holes: readonly Chunk[], cut: readonly Chunk[]): Chunk[] {
  for (const low of holes) {
    const whole = cut.find(
      (piece) => low.start >= piece.start && low.start < piece.start + piece.size,
    )!;
    const isLowHalf = (low.start - whole.start) % (2 * low.size) === 0;
    const high = holes.find((h) => h.start === low.start + low.size && h.size === low.size);
    if (!isLowHalf || high === undefined || 2 * low.size > whole.size) continue;
    const others = holes.filter((hole) => hole !== low && hole !== high);
    return mergeBuddies(sorted([...others, { start: low.start, size: 2 * low.size }]), cut);
  }
  return [...holes];
}

interface Placed extends Chunk {
  readonly asked: number;
}

export interface ContiguousOptions {
  readonly slots: number;
  readonly placement: PlacementName;
  readonly reservation: Reservation;
  readonly onPlace: (cell: number) => void;
}

/** One reservation a sequence, at real addresses. */
export class ContiguousPool implements Pool {
  readonly blockSize = null;
  readonly #options: ContiguousOptions;
  #space: Space;
  readonly #placed = new Map<Sequence, Placed>();

  constructor(options: ContiguousOptions) {
    this.#options = options;
    this.#space = emptySpace(options.slots, options.placement);
  }

  admit(group: Group): No | null {
    const free = this.state().free;
    const trial: Space = { ...this.#space };
    const chunks = this.#placeAll(group, trial);
    if (chunks === null) {
      const need = this.#sizes(group).reduce((sum, size) => sum + size, 0);
      return need <= free ? "hole" : "other";
    }
    this.#space = trial;
    group.live.forEach((sequence, i) => {
      this.#placed.set(sequence, { ...chunks[i]!, asked: this.#asked(group, sequence) });
      this.#options.onPlace(chunks[i]!.start);
    });
    return null;
  }

  grow(_group: Group): Growth {
    return { handedOut: 0, copiedBlocks: 0 };
  }

  fork(group: Group): number {
    return group.promptTokens * (group.width - 1);
  }

  release(sequence: Sequence): void {
    const chunk = this.#placed.get(sequence);
    assert(chunk !== undefined, "released a sequence that holds nothing");
    this.#placed.delete(sequence);
    const { slots, placement } = this.#options;
    const holes = sorted([...this.#space.holes, { start: chunk.start, size: chunk.size }]);
    const merged =
      placement === "buddy" ? mergeBuddies(holes, binaryCut(slots)) : mergeNeighbours(holes);
    this.#space = { ...this.#space, holes: merged };
  }

  neverAdmits(group: Group): boolean {
    const { slots, placement } = this.#options;
    return this.#placeAll(group, emptySpace(slots, placement)) === null;
  }

  swapOut(): No {
    throw new Error("contiguous pools cannot swap");
  }

  swapIn(): No {
    throw new Error("contiguous pools cannot swap");
  }

  neverReturns(): boolean {
    throw new Error("contiguous pools cannot swap");
  }

  holdings(group: Group): Holding[] {
    return group.live.map((sequence) => {
      const chunk = this.#placed.get(sequence)!;
      return {
        held: chunk.size,
        asked: chunk.asked,
        computed: group.written,
        final: finalOf(group, sequence),
      };
    });
  }

  reach(group: Group): number {
    return group.live.reduce((sum, sequence) => sum + this.#placed.get(sequence)!.size, 0);
  }

  state() {
    const sizes = this.#space.holes.map((hole) => hole.size);
    const free = sizes.reduce((sum, size) => sum + size, 0);
    return { free, unusable: 0, largestHole: Math.max(0, ...sizes) };
  }

  /** All reservations of the group in index order, taken out of `space`; null if one finds no hole. */
  #placeAll(group: Group, space: Space): Chunk[] | null {
    const chunks: Chunk[] = [];
    for (const size of this.#sizes(group)) {
      const chunk = place(space, size, this.#options.placement);
      if (chunk === null) return null;
      chunks.push(chunk);
    }
    return chunks;
  }

  #sizes(group: Group): number[] {
    return group.live.map((sequence) =>
      roundedSize(this.#asked(group, sequence), this.#options.placement),
    );
  }

  #asked(group: Group, sequence: Sequence): number {
    return this.#options.reservation(group.promptTokens, sequence.output);
  }
}
