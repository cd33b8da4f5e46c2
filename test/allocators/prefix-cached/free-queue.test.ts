import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  BLOCK,
  type BlockFields,
  NULL_BLOCK,
  newBlockFields,
} from "../../../src/allocators/prefix-cached/block-fields.ts";
import { FreeQueue } from "../../../src/allocators/prefix-cached/free-queue.ts";
import { Digest } from "../../../src/core/digest.ts";
import { RUN } from "../../../src/core/growth.ts";
import { Rows } from "../../../src/core/rows.ts";

const { BITS, OWNERS, KEY } = BLOCK;
const NAME = 7;
const OWN = -5;
/** Stands before and behind the part of a column that a queue is to look at. */
const BESIDE = 99;

const pick = fc.nat(30);
const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant("take" as const), count: fc.nat(8) }),
    fc.record({ kind: fc.constant("takeForEach" as const) }),
    fc.record({
      kind: fc.constant("give" as const),
      places: fc.array(fc.option(pick)),
      full: fc.nat(6),
    }),
    fc.record({ kind: fc.constant("lose" as const), places: fc.array(pick) }),
    fc.record({
      kind: fc.constantFrom(
        "takeBack" as const,
        "remove" as const,
        "share" as const,
        "name" as const,
      ),
      pick,
    }),
  ),
  { maxLength: 60, size: "max" },
);

/** A queue beside an array of the free blocks, and of what all blocks hold and how many own them. */
class Both {
  readonly #fields: BlockFields;
  readonly #queue: FreeQueue;
  readonly #placements = new Digest();
  readonly #expected = new Digest();
  #free: number[];
  readonly #owners: number[];
  readonly #keys: number[];
  /** Whether a block holds content, with or without a key. */
  readonly #cached: boolean[];
  /** The blocks of one table that were lost, as many as are still there. */
  #lost: number[] = [];
  #lostAtFirst = 0;

  constructor(blocks: number) {
    this.#fields = newBlockFields(blocks);
    this.#queue = new FreeQueue(this.#fields, this.#placements);
    this.#free = Array.from({ length: blocks - 1 }, (_, index) => index + 1);
    this.#owners = Array.from({ length: blocks }, () => 0);
    this.#keys = Array.from({ length: blocks }, () => 0);
    this.#cached = Array.from({ length: blocks }, () => false);
  }

  /** As many as are free. */
  take(wanted: number): void {
    const blocks = this.#free.splice(0, wanted);
    const column = new Int32Array(blocks.length + 2).fill(BESIDE);
    const cached = this.#queue.take(blocks.length, column, 1);

    expect(cached).toBe(blocks.filter((block) => this.#cached[block]).length);
    expect([...column]).toEqual([BESIDE, ...blocks, BESIDE]);
    this.#hold(blocks);
  }

  /** A block for each of two rows, and again for the first. */
  takeForEach(): void {
    if (this.#free.length < 3) return;
    const blocks = this.#free.splice(0, 3);
    const tables = new Rows();
    const runs = runsOf([5, 9], [1, 2], [1, 1]);
    this.#queue.takeForEach(tables, Int32Array.of(BESIDE, 4, 7), runs, 1, 3);

    expect([4, 7].map((row) => tables.toArray(row))).toEqual([[blocks[0], blocks[2]], [blocks[1]]]);
    const evicted = blocks.map((block) => Number(this.#cached[block]));
    expect([1, 2].map((run) => runs[(run << RUN.BITS) | RUN.EVICTED])).toEqual([
      evicted[0]! + evicted[1]!,
      evicted[2],
    ]);
    this.#hold(blocks);
  }

  /** An owner goes who has owned blocks, each once, and null blocks between them; those without a key come last. */
  give(places: readonly (number | null)[], full: number): void {
    const owned = this.#owned();
    const taken = places.map((place) =>
      place === null || owned.length === 0 ? NULL_BLOCK : owned.splice(place % owned.length, 1)[0]!,
    );
    const isKeyed = (block: number) => block === NULL_BLOCK || this.#keys[block] !== 0;
    const keyed = taken.filter(isKeyed);
    const column = [BESIDE, ...keyed, ...taken.filter((block) => !isKeyed(block)), BESIDE];
    this.#queue.give(Int32Array.from(column), 1, column.length - 1, 1 + keyed.length, full);
    for (const [place, block] of [...column.entries()].slice(1, -1).reverse()) {
      if (block === NULL_BLOCK) continue;
      this.#owners[block]! -= 1;
      if (this.#owners[block]! > 0) continue;
      this.#free.push(block);
      this.#cached[block] = this.#keys[block] !== 0 || place < full;
    }
  }

  remove(pick: number): void {
    const block = picked(
      this.#free.filter((block) => this.#keys[block] === NAME),
      pick,
    );
    if (block === undefined) return;
    this.#queue.remove(block);
    this.#free = this.#free.filter((other) => other !== block);
    this.#owners[block] = 1;
  }

  /** A table of blocks without keys is given back whose owner will ask for them; the one of before is not asked for any more. */
  lose(places: readonly number[]): void {
    const owned = this.#owned().filter((block) => this.#keys[block] === 0);
    const table = places
      .slice(0, owned.length)
      .map((place) => owned.splice(place % owned.length, 1)[0]!);
    if (table.length === 0 || this.#lost.length > 0) return;
    this.#lost = table;
    this.#lostAtFirst = table.length;
    this.#setKey(table[0]!, OWN);
    this.#fields[(table[0]! << BITS) | OWNERS] = 1;
    this.#queue.give(Int32Array.from(table), 0, table.length, 1, table.length);
    for (const block of table) {
      this.#owners[block] = 0;
      this.#cached[block] = true;
    }
    this.#free.push(...table.toReversed());
  }

  /** Some of what is left of it is taken back, or nothing is. */
  takeBack(pick: number): void {
    const lost = this.#lost;
    if (lost.length === 0) return;
    expect(Math.min(this.#queue.reach(lost[0]!, OWN), this.#lostAtFirst)).toBe(lost.length);
    const count = 1 + (pick % lost.length);
    const column = new Int32Array(count + 2).fill(BESIDE);
    this.#queue.takeBack(lost[0]!, count, column, 1);

    const table = lost.slice(0, count);
    expect([...column]).toEqual([BESIDE, ...table, BESIDE]);
    for (const block of table) this.#owners[block] = 1;
    this.#free = this.#free.filter((block) => !table.includes(block));
    this.#keys[lost[0]!] = 0;
    this.#lost = [];
  }

  /** An owned block with a key gets one owner more. */
  share(pick: number): void {
    const block = picked(
      this.#owned().filter((block) => this.#keys[block] !== 0),
      pick,
    );
    if (block === undefined) return;
    this.#owners[block]! += 1;
    this.#fields[(block << BITS) | OWNERS]! += 1;
  }

  /** What an owned block holds can be asked for from now on. */
  name(pick: number): void {
    const block = picked(
      this.#owned().filter((block) => this.#keys[block] === 0),
      pick,
    );
    if (block === undefined) return;
    this.#setKey(block, NAME);
    this.#fields[(block << BITS) | OWNERS] = 1;
  }

  expectEqual(): void {
    expect(this.#queue.toArray()).toEqual(this.#free);
    expect(this.#queue.count).toBe(this.#free.length);
    const cached = this.#free.filter((block) => this.#cached[block]);
    expect(this.#queue.cachedAmong(this.#free.length)).toEqual(cached);
    expect(this.#queue.cached).toBe(cached.length);
    const keyed = [...this.#keys.keys()].filter((block) => this.#keys[block] !== 0);
    expect(keyed.map((block) => Math.max(this.#field(block, OWNERS), 0))).toEqual(
      keyed.map((block) => this.#owners[block]),
    );
    expect(this.#keys.map((_, block) => this.#field(block, KEY))).toEqual(this.#keys);
    expect(this.#placements.hex()).toBe(this.#expected.hex());
  }

  /** Blocks have been handed out: whoever is told of those with keys takes these away. */
  #hold(blocks: readonly number[]): void {
    const { keyed, keyedCount } = this.#queue;
    expect([...keyed.subarray(0, keyedCount)]).toEqual(
      blocks.filter((block) => this.#keys[block] !== 0),
    );
    const taken = this.#lost.findIndex((block) => blocks.includes(block));
    if (taken >= 0) this.#lost.length = taken;
    for (const block of blocks) {
      this.#expected.add(block);
      this.#owners[block] = 1;
      this.#cached[block] = false;
      this.#setKey(block, 0);
    }
  }

  #owned(): number[] {
    return [...this.#owners.keys()].filter((block) => this.#owners[block]! > 0);
  }

  #setKey(block: number, key: number): void {
    this.#keys[block] = key;
    this.#fields[(block << BITS) | KEY] = key;
  }

  #field(block: number, field: number): number {
    return this.#fields[(block << BITS) | field]!;
  }
}

/** Runs of so many rows from so many places on. */
function runsOf(...runs: readonly (readonly [from: number, count: number])[]): Int32Array {
  const column = new Int32Array(runs.length << RUN.BITS);
  for (const [run, [from, count]] of runs.entries()) {
    column[(run << RUN.BITS) | RUN.FROM] = from;
    column[(run << RUN.BITS) | RUN.COUNT] = count;
  }
  return column;
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
          else if (step.kind === "takeForEach") both.takeForEach();
          else if (step.kind === "give") both.give(step.places, step.full);
          else if (step.kind === "lose") both.lose(step.places);
          else both[step.kind](step.pick);
          both.expectEqual();
        }
      }),
    );
  });

  it("never hands out more than is free", () => {
    const queue = new FreeQueue(newBlockFields(4), new Digest());
    expect(() => queue.take(4, new Int32Array(4), 0)).toThrow("than are free");
    const runs = runsOf([0, 3], [0, 1]);
    expect(() => queue.takeForEach(new Rows(), Int32Array.of(0, 1, 2), runs, 0, 2)).toThrow(
      "than are free",
    );
  });

  it("takes back no block that nobody owns", () => {
    const fields = newBlockFields(4);
    const queue = new FreeQueue(fields, new Digest());
    fields[(3 << BITS) | KEY] = NAME;
    expect(() => queue.give(Int32Array.of(3), 0, 1, 1, 1)).toThrow("released twice");
  });

  it("forgets what its blocks hold", () => {
    const queue = new FreeQueue(newBlockFields(4), new Digest());
    const column = new Int32Array(2);
    queue.take(2, column, 0);
    queue.give(column, 0, 2, 0, 2);
    queue.forget();
    expect([queue.cached, queue.cachedAmong(3)]).toEqual([0, []]);
    expect(queue.take(3, new Int32Array(3), 0)).toBe(0);
  });
});
