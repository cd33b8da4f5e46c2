import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  BLOCK,
  type BlockFields,
  NULL_BLOCK,
  newBlockFields,
} from "../../../src/allocators/prefix-cached/block-fields.ts";
import { FreeQueue } from "../../../src/allocators/prefix-cached/free-queue.ts";

const { BITS, OWNERS, KEY } = BLOCK;
const NAME = 7;
const OWN = -5;
/** Stands before and behind the part of a column that a queue is to look at. */
const BESIDE = 99;

const pick = fc.nat(30);
const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant("take" as const), count: fc.nat(8) }),
    fc.record({
      kind: fc.constant("give" as const),
      places: fc.array(fc.option(pick)),
      full: fc.nat(6),
    }),
    fc.record({
      kind: fc.constantFrom("remove" as const, "share" as const, "name" as const),
      pick,
    }),
  ),
  { maxLength: 60, size: "max" },
);

/** A queue beside an array of the free blocks, and of what all blocks hold and how many own them. */
class Both {
  readonly #fields: BlockFields;
  readonly #queue: FreeQueue;
  #free: number[];
  readonly #owners: number[];
  readonly #keys: number[];

  constructor(blocks: number) {
    this.#fields = newBlockFields(blocks);
    this.#queue = new FreeQueue(this.#fields);
    this.#free = Array.from({ length: blocks - 1 }, (_, index) => index + 1);
    this.#owners = Array.from({ length: blocks }, () => 0);
    this.#keys = Array.from({ length: blocks }, () => 0);
  }

  /** As many as are free; whoever takes a block forgets its name. */
  take(wanted: number): void {
    const blocks = this.#free.splice(0, wanted);
    const column = new Int32Array(blocks.length + 2).fill(BESIDE);
    const cached = this.#queue.take(blocks.length, column, 1);

    expect(cached).toBe(blocks.filter((block) => this.#isCached(block)).length);
    expect([...column]).toEqual([BESIDE, ...blocks, BESIDE]);
    for (const block of blocks) {
      this.#owners[block] = 1;
      if (this.#keys[block] === OWN) this.#keys[block] = 0;
      else this.#setKey(block, 0);
    }
  }

  /** An owner goes who has owned blocks, each once, and null blocks between them. */
  give(places: readonly (number | null)[], full: number): void {
    const owned = this.#owned();
    const blocks = places.map((place) =>
      place === null || owned.length === 0 ? NULL_BLOCK : owned.splice(place % owned.length, 1)[0]!,
    );
    const column = [BESIDE, ...blocks, BESIDE];
    this.#queue.give(Int32Array.from(column), 1, column.length - 1, full, OWN);
    for (const [place, block] of [...column.entries()].slice(1, -1).reverse()) {
      if (block === NULL_BLOCK) continue;
      this.#owners[block]! -= 1;
      if (this.#owners[block]! > 0) continue;
      this.#free.push(block);
      if (place < full && !this.#isCached(block)) this.#keys[block] = OWN;
    }
  }

  remove(pick: number): void {
    const block = picked(
      this.#free.filter((block) => this.#isCached(block)),
      pick,
    );
    if (block === undefined) return;
    this.#queue.remove(block);
    this.#free = this.#free.filter((other) => other !== block);
    this.#owners[block] = 1;
  }

  /** An owned block gets one owner more. */
  share(pick: number): void {
    const block = picked(this.#owned(), pick);
    if (block === undefined) return;
    this.#owners[block]! += 1;
    this.#fields[(block << BITS) | OWNERS]! += 1;
  }

  /** What an owned block holds can be asked for from now on. */
  name(pick: number): void {
    const block = picked(
      this.#owned().filter((block) => !this.#isCached(block)),
      pick,
    );
    if (block !== undefined) this.#setKey(block, NAME);
  }

  expectEqual(): void {
    expect(this.#queue.toArray()).toEqual(this.#free);
    expect(this.#queue.count).toBe(this.#free.length);
    expect(this.#queue.cached).toBe(this.#free.filter((block) => this.#isCached(block)).length);
    expect(this.#column(OWNERS).map((owners) => Math.max(owners, 0))).toEqual(this.#owners);
    expect(this.#column(KEY)).toEqual(this.#keys);
  }

  #owned(): number[] {
    return [...this.#owners.keys()].filter((block) => this.#owners[block]! > 0);
  }

  #isCached(block: number): boolean {
    return this.#keys[block] !== 0;
  }

  #setKey(block: number, key: number): void {
    this.#keys[block] = key;
    this.#fields[(block << BITS) | KEY] = key;
  }

  #column(field: number): number[] {
    return this.#owners.map((_, block) => this.#fields[(block << BITS) | field]!);
  }
}

function picked(blocks: readonly number[], pick: number): number | undefined {
  return blocks[pick % blocks.length];
}

describe("FreeQueue", () => {
  it("is an array of blocks, taken from the front, given back at the end, hit anywhere", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), steps, (blocks, program) => {
        const both = new Both(blocks);
        for (const step of program) {
          if (step.kind === "take") both.take(step.count);
          else if (step.kind === "give") both.give(step.places, step.full);
          else both[step.kind](step.pick);
          both.expectEqual();
        }
      }),
    );
  });

  it("never hands out more than is free", () => {
    const queue = new FreeQueue(newBlockFields(4));
    expect(() => queue.take(4, new Int32Array(4), 0)).toThrow("than are free");
  });

  it("takes back no block that nobody owns", () => {
    const queue = new FreeQueue(newBlockFields(4));
    expect(() => queue.give(Int32Array.of(3), 0, 1, 0, OWN)).toThrow("released twice");
  });
});
