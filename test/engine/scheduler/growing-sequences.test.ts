import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type EngineGroup, Names } from "../groups.ts";
import {
  GrowingSequences,
  Growth,
  newGroup,
  RunningSet,
  type Served,
  withMemory,
} from "../running-set.ts";

/** Few, so that a run goes round the ring of ticks. */
const MAX_TOKENS = 62;

/** A group that begins to run, its sequences `left` tokens before their ends. */
const newcomer = fc.record({
  id: fc.nat(1000),
  promptTokens: fc.integer({ min: 1, max: 20 }),
  generated: fc.integer({ min: 1, max: 4 }),
  left: fc.array(fc.integer({ min: 1, max: 39 }), { minLength: 1, maxLength: 3 }),
  shares: fc.boolean(),
});
type Newcomer = typeof newcomer extends fc.Arbitrary<infer T> ? T : never;

/** Iterations that everybody decodes in, and what happens before the first of them. */
const decoding = fc.record({
  kind: fc.constant("decode" as const),
  ticks: fc.integer({ min: 1, max: 15 }),
  /** Memory is short: beyond those for whom there are rooms everybody is asked for, and one of them may be turned out. */
  isShort: fc.boolean(),
  after: fc.integer({ min: -1, max: 1000 }),
  rooms: fc.integer({ min: -1, max: 8 }),
  turnedOut: fc.option(fc.nat(30)),
  /** Who needs room in the first iteration is given it ahead of the others: somebody may come back before them. */
  isSplit: fc.boolean(),
  returns: fc.option(newcomer),
  budget: fc.integer({ min: -2, max: 30 }),
});
type Decoding = typeof decoding extends fc.Arbitrary<infer T> ? T : never;

/** Nothing happens before the iterations. */
const UNHINDERED: Decoding = {
  kind: "decode",
  ticks: 20,
  isShort: false,
  after: -1,
  rooms: 0,
  turnedOut: null,
  isSplit: false,
  returns: null,
  budget: 0,
};

const steps = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant("add" as const),
      newcomers: fc.array(newcomer, { maxLength: 6, size: "max" }),
    }),
    { weight: 3, arbitrary: decoding },
    fc.record({ kind: fc.constant("remove" as const), pick: fc.nat(30) }),
  ),
  { maxLength: 60, size: "max" },
);

/** Expects that all of a growth is in what was served, and that what is all needed left nothing behind. */
function expectWhole(growth: Growth): void {
  const { served, losses } = growth;
  for (const { slots } of losses) expect(slots).toBeGreaterThan(0);
  expect(growth.grownTotal).toBe(served.flatMap(({ sequences }) => sequences).length);
  expect(growth.unneededTotal).toBe(losses.reduce((sum, { slots }) => sum + slots, 0));
}

/** A running group: what each of its sequences has written, and has room for. */
interface Row {
  readonly group: EngineGroup;
  written: number;
  room: number;
}

/** The sequences that grow in a running set, beside a list of groups that are all visited at every tick. */
class Both {
  readonly #growthSlots: number;
  readonly #running: RunningSet;
  readonly #names = new Names();
  #rows: Row[] = [];

  constructor(growthSlots: number) {
    this.#growthSlots = growthSlots;
    this.#running = new RunningSet(MAX_TOKENS, growthSlots);
  }

  /** A group joins, whose sequences share the block that they write next or have no more than whole blocks of what they have written. */
  add({ id, promptTokens, generated, left, shares }: Newcomer): Row | null {
    if (this.#rows.some(({ group }) => group.id === id)) return null;
    const outputs = left.map((tokens) => generated + tokens);
    const group = newGroup(id, promptTokens, outputs);
    group.nameSequences(outputs.map(() => this.#names.take()));
    const written = promptTokens + generated - 1;
    const row = { group, written, room: shares ? written : this.#wholeBlocks(written) };
    this.#running.add(group, written, row.room);
    this.#rows.push(row);
    this.#rows.sort((a, b) => a.group.id - b.group.id);
    return row;
  }

  remove(pick: number): void {
    if (this.#rows.length === 0) return;
    const [row] = this.#rows.splice(pick % this.#rows.length, 1);
    this.#running.remove(row!.group);
    for (const sequence of row!.group.sequences) this.#names.give(sequence);
  }

  /** As many iterations as pass before somebody ends. */
  decode({ ticks, isShort, after, rooms, turnedOut, isSplit, returns, budget }: Decoding): void {
    const { growing, tick } = this.#running;
    const told = new Growth();
    const inTurn = isShort || this.#rows.some((row) => this.#mustAsk(row));
    const firstStep = inTurn || isSplit ? 1 : 0;
    const given = inTurn ? this.#growAfter(after, told, rooms) : [];
    const first = this.#serve(0, given);
    if (inTurn) this.#askInTurn(turnedOut, given.length > 0 ? given.at(-1)! : null);
    else growing.grow(told, tick, tick + firstStep, 0);
    if (firstStep === 1 && returns !== null) this.#return(returns);

    const steps = Math.min(ticks, this.#running.ticksToFinish());
    const served = Array.from({ length: steps }, (_, step) => this.#visit(step));
    let needed = 0;
    const within = served.slice(1).findIndex(({ sequences }) => {
      needed += sequences.length;
      return needed > budget;
    });
    expect(growing.ticksWithin(budget, tick + 1, steps - 1)).toBe(within < 0 ? steps - 1 : within);
    growing.grow(told, tick + firstStep, tick + steps, firstStep);
    const all = [first, ...served].filter(({ sequences }) => sequences.length > 0);
    expect(told.served).toEqual(all);
    expectWhole(told);
    this.#running.advance(steps);
    this.#endFinished();
  }

  expectEqual(): void {
    const { growing, tick } = this.#running;
    const due = this.#rows.filter(({ written, room }) => room <= written);
    const asking = due.filter((row) => this.#mustAsk(row));
    const others = due.filter((row) => !asking.includes(row));
    expect(growing.mustAsk).toBe(asking.length > 0);
    expect(growing.dueAt(tick)).toBe(others.flatMap(({ group }) => group.sequences).length);
    const found: number[] = [];
    for (let group = growing.dueAfter(-1, tick); group !== null; ) {
      found.push(group.id);
      group = growing.dueAfter(group.id, tick);
    }
    expect(found).toEqual(due.map(({ group }) => group.id));
  }

  #wholeBlocks(tokens: number): number {
    return Math.ceil(tokens / this.#growthSlots) * this.#growthSlots;
  }

  #mustAsk({ written, room }: Row): boolean {
    return room <= written && written % this.#growthSlots !== 0;
  }

  /** Who needs room first after a request is given it, as long as there are rooms; nobody is where somebody must be asked for. */
  #growAfter(after: number, told: Growth, rooms: number): Row[] {
    const due = this.#rows.filter(({ written, room }) => room <= written);
    let left = due.some((row) => this.#mustAsk(row)) ? 0 : rooms;
    const behind = due.filter(({ group }) => group.id > after);
    const given = behind.filter(({ group }) => {
      const isGiven = left > 0;
      left -= group.live;
      return isGiven;
    });
    const { growing, tick } = this.#running;
    const last = growing.growAfter(after, told, tick, rooms);
    expect(last?.id).toBe(given.at(-1)?.group.id);
    return given;
  }

  /** Turns out one of those behind `last`, and asks for everybody else. */
  #askInTurn(turnedOut: number | null, last: Row | null): void {
    const behind = last === null ? 0 : this.#rows.indexOf(last) + 1;
    const others = this.#rows.length - behind;
    if (turnedOut !== null && others > 0) this.remove(behind + (turnedOut % others));
    for (const row of this.#rows) this.#ask(row);
  }

  /** The allocator grants a group room for the next token. */
  #ask(row: Row): void {
    const hadToAsk = this.#mustAsk(row);
    row.room = this.#wholeBlocks(row.written + 1);
    expect(this.#running.growing.answered(row.group, row.written, row.room)).toBe(hadToAsk);
  }

  /** A group comes back with what it has written, and is granted room at once. */
  #return(back: Newcomer): void {
    const row = this.add({ ...back, shares: true });
    if (row !== null) this.#ask(row);
  }

  /** All sequences write a token, those without room for it when they have been given some. */
  #visit(step: number): Served {
    const due = this.#rows.filter(({ written, room }) => room <= written);
    const served = this.#serve(step, due);
    for (const row of this.#rows) row.written += 1;
    return served;
  }

  /** So many groups are given room. */
  #serve(step: number, rows: readonly Row[]): Served {
    let unneeded = 0;
    for (const row of rows) {
      const { promptTokens, outputs } = row.group;
      row.room += this.#growthSlots;
      for (const output of outputs) unneeded += Math.max(0, row.room - (promptTokens + output - 1));
    }
    return { step, sequences: rows.flatMap(({ group }) => group.sequences), unneeded };
  }

  #endFinished(): void {
    const finishing: EngineGroup[] = [];
    for (let group = this.#running.takeFinishing(); group !== null; ) {
      finishing.push(group);
      group = this.#running.takeFinishing();
    }
    const ending = this.#rows.filter((row) => endedIn(row).length > 0);
    expect(finishing.map(({ id }) => id)).toEqual(ending.map(({ group }) => group.id));
    for (const row of ending) {
      const ended = endedIn(row);
      for (const index of ended.reverse()) this.#names.give(row.group.endSequence(index));
      this.#running.endSequences(row.group, ended.length);
    }
    this.#rows = this.#rows.filter(({ group }) => group.live > 0);
  }
}

/** The sequences of a group that have written all they will. */
function endedIn({ group, written }: Row): number[] {
  const { promptTokens, outputs } = group;
  return [...outputs.keys()].filter((index) => promptTokens + outputs[index]! - 1 === written);
}

const CLASSES = 3;
const LAST_ID = 40;

/** Groups in the order in which they come, some of which go again; each due at the ticks of a class, or to be asked for. */
const comers = fc.uniqueArray(
  fc.record({
    id: fc.nat({ max: LAST_ID }),
    due: fc.nat({ max: CLASSES }),
    width: fc.integer({ min: 1, max: 3 }),
    goes: fc.boolean(),
  }),
  { selector: ({ id }) => id, maxLength: LAST_ID },
);

describe("GrowingSequences", () => {
  it("knows who is given room when, and what of it nobody writes, as if all were visited", () => {
    fc.assert(
      fc.property(fc.constantFrom(1, 2, 5, 16, 33), steps, (growthSlots, program) =>
        withMemory(() => {
          const both = new Both(growthSlots);
          for (const step of program) {
            if (step.kind === "add") for (const newcomer of step.newcomers) both.add(newcomer);
            else if (step.kind === "remove") both.remove(step.pick);
            else both.decode(step);
            both.expectEqual();
          }
        }),
      ),
    );
  });

  it("has room for as many groups as run at once", () => {
    const both = new Both(5);
    for (let id = 0; id < 200; id += 1)
      both.add({ id, promptTokens: 1 + (id % 7), generated: 1, left: [2, 30], shares: false });
    for (let round = 0; round < 2; round += 1) {
      both.decode(UNHINDERED);
      both.expectEqual();
    }
  });

  it("knows of nobody where room for all that is written is given at the beginning", () => {
    const running = new RunningSet(MAX_TOKENS, 0);
    const { growing } = running;
    const group = newGroup(0, 8, [20, 30]);
    group.nameSequences([0, 1]);
    running.add(group, 8, MAX_TOKENS);
    const told = new Growth();
    expect(growing.growAfter(-1, told, 0, 20)).toBe(null);
    growing.grow(told, 0, 20, 0);
    expect(told.served).toEqual([]);
    expect(growing.answered(group, 8, MAX_TOKENS)).toBe(false);
    expect([growing.dueAt(0), growing.dueAfter(-1, 0)]).toEqual([0, null]);
    expect(growing.ticksWithin(0, 1, 19)).toBe(19);
    running.remove(group);
    expect(running.size).toBe(0);
  });

  it("keeps the sequences of each class by the arrival of their groups", () => {
    const ids = (all: readonly { readonly id: number }[]) => all.map(({ id }) => id);
    fc.assert(
      fc.property(comers, fc.nat({ max: LAST_ID }), (all, after) =>
        withMemory(() => {
          const growing = GrowingSequences.alone(CLASSES, MAX_TOKENS);
          // Whoever has written a token and has no room for the next must be asked for.
          const written = (due: number) => (due === CLASSES ? 1 : 0);
          const groups = all.map(({ id, due, width }) => {
            const group = newGroup(id, 1, new Array<number>(width).fill(MAX_TOKENS));
            group.nameSequences(Array.from({ length: width }, (_, index) => 10 * id + index));
            growing.add(group, id, written(due), due === CLASSES ? 1 : CLASSES + due);
            return group;
          });
          for (const [index, { due, goes }] of all.entries())
            if (goes) growing.remove(groups[index]!, written(due));
          const here = all.filter(({ goes }) => !goes).toSorted((a, b) => a.id - b.id);
          expect(growing.mustAsk).toBe(here.some(({ due }) => due === CLASSES));
          for (let tick = 0; tick < CLASSES; tick += 1) {
            const due = here.filter((one) => one.due === tick);
            const expected = sequencesOf(due);
            expect(growing.dueAt(tick)).toBe(expected.length);
            const growth = new Growth();
            growing.grow(growth, tick, tick + 1, 0);
            expect(growth.served.flatMap(({ sequences }) => sequences)).toEqual(expected);
            const next = here.filter(({ due: when }) => when === tick || when === CLASSES);
            expect(growing.dueAfter(after, tick)?.id).toBe(ids(next).find((id) => id > after));
            const behind = growing.mustAsk ? [] : due.filter(({ id }) => id > after);
            const later = new Growth();
            expect(growing.growAfter(after, later, tick, 1000)?.id).toBe(behind.at(-1)?.id);
            expect(later.served.flatMap(({ sequences }) => sequences)).toEqual(sequencesOf(behind));
          }
        }),
      ),
    );
  });
});

/** The names of the sequences of some groups. */
function sequencesOf(groups: readonly { readonly id: number; readonly width: number }[]): number[] {
  return groups.flatMap(({ id, width }) =>
    Array.from({ length: width }, (_, index) => 10 * id + index),
  );
}
