import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Digest } from "../../../../src/core/digest.ts";
import { type Compiled, compiled, integersAt, sourceAt } from "../../compiled.ts";

type Name =
  | ("newBlockFields" | "newIntegers" | "newDigest" | "firstLane" | "secondLane" | "newQueue")
  | ("take" | "takeForEach" | "give" | "remove" | "reach" | "takeBack" | "forget" | "count")
  | ("cached" | "keyed" | "keyedCount" | "toArray" | "cachedToArray" | "newRows" | "rowToArray");
type Constant = "BLOCK_BITS" | "KEY" | "OWNERS" | "BITS" | "COUNT" | "EVICTED" | "FROM";
type Exports = Compiled<Name> & Readonly<Record<Constant, { readonly value: number }>>;

/** The engine's queues, what they are made of and what they write to: free-queue.as. */
const engine = (await compiled(
  sourceAt("test/engine/allocators/prefix-cached/free-queue.as"),
)) as unknown as Exports;

const [BITS, KEY, OWNERS] = [engine.BLOCK_BITS.value, engine.KEY.value, engine.OWNERS.value];
const RUN_BITS = engine.BITS.value;
const NULL_BLOCK = 0;
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

/** A list of the engine's. */
function column(entries: readonly number[]): number {
  const address = engine.newIntegers(entries.length);
  integersAt(engine, address).set(entries);
  return address;
}

function list(address: number): number[] {
  return Array.from(integersAt(engine, address));
}

/** A queue beside an array of the free blocks, and of what all blocks hold and how many own them. */
class Both {
  readonly #fields: number;
  readonly #queue: number;
  readonly #placements = engine.newDigest();
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
    this.#fields = engine.newBlockFields(blocks);
    this.#queue = engine.newQueue(this.#fields, this.#placements);
    this.#free = Array.from({ length: blocks - 1 }, (_, index) => index + 1);
    this.#owners = Array.from({ length: blocks }, () => 0);
    this.#keys = Array.from({ length: blocks }, () => 0);
    this.#cached = Array.from({ length: blocks }, () => false);
  }

  /** As many as are free. */
  take(wanted: number): void {
    const blocks = this.#free.splice(0, wanted);
    const target = column(Array<number>(blocks.length + 2).fill(BESIDE));
    const cached = engine.take(this.#queue, blocks.length, target, 1);

    expect(cached).toBe(blocks.filter((block) => this.#cached[block]).length);
    expect(list(target)).toEqual([BESIDE, ...blocks, BESIDE]);
    this.#hold(blocks);
  }

  /** A block for each of two rows, and again for the first. */
  takeForEach(): void {
    if (this.#free.length < 3) return;
    const blocks = this.#free.splice(0, 3);
    const tables = engine.newRows();
    const runs = runsOf([5, 9], [1, 2], [1, 1]);
    engine.takeForEach(this.#queue, tables, column([BESIDE, 4, 7]), runs, 1, 3);

    expect([4, 7].map((row) => list(engine.rowToArray(tables, row)))).toEqual([
      [blocks[0], blocks[2]],
      [blocks[1]],
    ]);
    const evicted = blocks.map((block) => Number(this.#cached[block]));
    const told = list(runs);
    expect([1, 2].map((run) => told[(run << RUN_BITS) | engine.EVICTED.value])).toEqual([
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
    const given = [BESIDE, ...keyed, ...taken.filter((block) => !isKeyed(block)), BESIDE];
    engine.give(this.#queue, column(given), 1, given.length - 1, 1 + keyed.length, full);
    for (const [place, block] of [...given.entries()].slice(1, -1).reverse()) {
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
    engine.remove(this.#queue, block);
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
    this.#setField(table[0]!, OWNERS, 1);
    engine.give(this.#queue, column(table), 0, table.length, 1, table.length);
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
    const reached = engine.reach(this.#queue, lost[0]!, OWN);
    expect(Math.min(reached, this.#lostAtFirst)).toBe(lost.length);
    const count = 1 + (pick % lost.length);
    const target = column(Array<number>(count + 2).fill(BESIDE));
    engine.takeBack(this.#queue, lost[0]!, count, target, 1);

    const table = lost.slice(0, count);
    expect(list(target)).toEqual([BESIDE, ...table, BESIDE]);
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
    this.#setField(block, OWNERS, this.#field(block, OWNERS) + 1);
  }

  /** What an owned block holds can be asked for from now on. */
  name(pick: number): void {
    const block = picked(
      this.#owned().filter((block) => this.#keys[block] === 0),
      pick,
    );
    if (block === undefined) return;
    this.#setKey(block, NAME);
    this.#setField(block, OWNERS, 1);
  }

  expectEqual(): void {
    expect(list(engine.toArray(this.#queue))).toEqual(this.#free);
    expect(engine.count(this.#queue)).toBe(this.#free.length);
    const cached = this.#free.filter((block) => this.#cached[block]);
    expect(list(engine.cachedToArray(this.#queue))).toEqual(cached);
    expect(engine.cached(this.#queue)).toBe(cached.length);
    const keyed = [...this.#keys.keys()].filter((block) => this.#keys[block] !== 0);
    expect(keyed.map((block) => Math.max(this.#field(block, OWNERS), 0))).toEqual(
      keyed.map((block) => this.#owners[block]),
    );
    expect(this.#keys.map((_, block) => this.#field(block, KEY))).toEqual(this.#keys);
    expect(engine.firstLane(this.#placements)).toBe(this.#expected.first);
    expect(engine.secondLane(this.#placements)).toBe(this.#expected.second);
  }

  /** Blocks have been handed out: whoever is told of those with keys takes these away. */
  #hold(blocks: readonly number[]): void {
    const told = list(engine.keyed(this.#queue));
    expect(told.slice(0, engine.keyedCount(this.#queue))).toEqual(
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
    this.#setField(block, KEY, key);
  }

  #field(block: number, field: number): number {
    return integersAt(engine, this.#fields)[(block << BITS) | field]!;
  }

  #setField(block: number, field: number, value: number): void {
    integersAt(engine, this.#fields)[(block << BITS) | field] = value;
  }
}

/** Runs of so many rows from so many places on. */
function runsOf(...runs: readonly (readonly [from: number, count: number])[]): number {
  const fields = new Array<number>(runs.length << RUN_BITS).fill(0);
  for (const [run, [from, count]] of runs.entries()) {
    fields[(run << RUN_BITS) | engine.FROM.value] = from;
    fields[(run << RUN_BITS) | engine.COUNT.value] = count;
  }
  return column(fields);
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
    const queue = engine.newQueue(engine.newBlockFields(4), engine.newDigest());
    expect(() => engine.take(queue, 4, engine.newIntegers(4), 0)).toThrow("than are free");
    const runs = runsOf([0, 3], [0, 1]);
    expect(() =>
      engine.takeForEach(queue, engine.newRows(), column([0, 1, 2]), runs, 0, 2),
    ).toThrow("than are free");
  });

  it("takes back no block that nobody owns", () => {
    const fields = engine.newBlockFields(4);
    const queue = engine.newQueue(fields, engine.newDigest());
    integersAt(engine, fields)[(3 << BITS) | KEY] = NAME;
    expect(() => engine.give(queue, column([3]), 0, 1, 1, 1)).toThrow("released twice");
  });

  it("forgets what its blocks hold", () => {
    const queue = engine.newQueue(engine.newBlockFields(4), engine.newDigest());
    const blocks = engine.newIntegers(2);
    engine.take(queue, 2, blocks, 0);
    engine.give(queue, blocks, 0, 2, 0, 2);
    engine.forget(queue);
    expect([engine.cached(queue), list(engine.cachedToArray(queue))]).toEqual([0, []]);
    expect(engine.take(queue, 3, engine.newIntegers(3), 0)).toBe(0);
  });
});
