import fc from "fast-check";
import { expect } from "vitest";
import { extentList, tableLists } from "../../src/allocators/layout.ts";
import type { PoolLayout } from "../../src/allocators/pool.ts";
import type { EngineAllocator, PoolGroup, Pools, Refusal } from "../engine/pool.ts";

/** The obvious model: which groups there are and how far each has got. */
export interface Model {
  readonly pools: Pools;
  readonly groups: { readonly group: PoolGroup; state: State }[];
}

type State = "waiting" | "prefilling" | "decoding" | "swapped";

/** An allocator under test, whether it reserves a sequence's whole life and can swap, and all its answers in order. */
export interface Real {
  readonly allocator: EngineAllocator;
  readonly reserves: boolean;
  readonly swaps: boolean;
  readonly log: unknown[];
}

interface Admitting {
  readonly promptTokens: number;
  readonly outputTokens: readonly number[];
}

/** Random command sequences, in which how often each command comes is itself random. */
export function poolCommands(maxModelLen: number): fc.Arbitrary<Iterable<fc.Command<Model, Real>>> {
  const pick = fc.nat(1000);
  const tokens = fc.integer({ min: 1, max: Math.floor(maxModelLen / 2) });
  const sequences = fc.oneof(
    { arbitrary: fc.constant(1), weight: 3 },
    fc.integer({ min: 2, max: 4 }),
  );
  const admitting = sequences.chain((n) =>
    fc.record({
      promptTokens: tokens,
      outputTokens: fc.array(tokens, { minLength: n, maxLength: n }),
    }),
  );
  const kinds: fc.Arbitrary<fc.Command<Model, Real>>[] = [
    admitting.map((request) => new Admit(request)),
    pick.map((at) => new OnGroup("iterate", at, ["prefilling", "decoding"], iterate)),
    pick.map((at) => new OnGroup("preempt", at, ["prefilling", "decoding"], preempt)),
    pick.map((at) => new OnGroup("return", at, ["waiting"], admit)),
    pick.map((at) => new OnGroup("swap out", at, ["decoding"], swapOut)),
    pick.map((at) => new OnGroup("swap in", at, ["swapped"], swapIn)),
  ];
  const weights = fc.tuple(...kinds.map(() => fc.integer({ min: 1, max: 6 })));
  return weights.chain((repeats) =>
    fc.commands(
      kinds.flatMap((kind, index) => Array.from({ length: repeats[index]! }, () => kind)),
      { maxCommands: 200, size: "max" },
    ),
  );
}

/** Releases all that is held. */
export function drain(model: Model, real: Real): void {
  for (const member of model.groups) if (member.state !== "waiting") preempt(member, real);
  model.groups.length = 0;
}

/** A group that no sequence of `model` shares an id with. */
export function newGroup(model: Model, { promptTokens, outputTokens }: Admitting): PoolGroup {
  const used = new Set(model.groups.flatMap(({ group }) => group.sequences));
  const names: number[] = [];
  for (let name = 0; names.length < outputTokens.length; name += 1)
    if (!used.has(name)) names.push(name);
  return model.pools.newGroup(model.groups.length, promptTokens, outputTokens, names);
}

class Admit implements fc.Command<Model, Real> {
  readonly #request: Admitting;

  constructor(request: Admitting) {
    this.#request = request;
  }

  check = (): boolean => true;

  run(model: Model, real: Real): void {
    const member = { group: newGroup(model, this.#request), state: "waiting" as State };
    admit(member, real);
    if (member.state !== "waiting") model.groups.push(member);
  }

  toString = (): string =>
    `admit ${this.#request.promptTokens} + [${this.#request.outputTokens.join(", ")}]`;
}

type Member = Model["groups"][number];

class OnGroup implements fc.Command<Model, Real> {
  readonly #name: string;
  readonly #pick: number;
  readonly #states: readonly State[];
  readonly #act: (member: Member, real: Real) => void;

  constructor(
    name: string,
    pick: number,
    states: readonly State[],
    act: (member: Member, real: Real) => void,
  ) {
    this.#name = name;
    this.#pick = pick;
    this.#states = states;
    this.#act = act;
  }

  check = (model: Readonly<Model>): boolean => this.#candidates(model).length > 0;

  run(model: Model, real: Real): void {
    const candidates = this.#candidates(model);
    const member = candidates[this.#pick % candidates.length]!;
    this.#act(member, real);
    if (member.group.live === 0) model.groups.splice(model.groups.indexOf(member), 1);
  }

  toString = (): string => `${this.#name} ${this.#pick}`;

  #candidates(model: Readonly<Model>): Member[] {
    return model.groups.filter((member) => this.#states.includes(member.state));
  }
}

function admit(member: Member, { allocator, log }: Real): void {
  const { group } = member;
  const before = JSON.stringify(snapshot(allocator));
  const empty = allocator.usage.held === 0;
  const never = allocator.wouldNever(group);
  expect(JSON.stringify(snapshot(allocator))).toBe(before);
  const answer = allocator.admit(group);
  log.push(never, answer);
  if (answer.granted) {
    expect(never).toBeNull();
    expect(answer.roomTokens).toBeGreaterThanOrEqual(group.knownTokens);
    member.state = "prefilling";
    return;
  }
  expect(JSON.stringify(snapshot(allocator))).toBe(before);
  if (empty) expect(never?.reason).toBe("never");
  expectHonest(answer, allocator);
}

function iterate(member: Member, real: Real): void {
  if (member.state === "prefilling") endPrefill(member, real);
  else if (!decode(member, real)) return;
  member.group.emit(member.group.generated + 1);
  finishSequences(member.group, real);
}

function endPrefill(member: Member, { allocator, reserves, log }: Real): void {
  const { group } = member;
  member.state = "decoding";
  if (group.forked) return;
  const grant = allocator.fork(group, group.promptTokens);
  log.push(grant);
  const copies = reserves ? group.live - 1 : 0;
  expect(grant.copiedTokens).toBe(copies * group.promptTokens);
  group.fork();
}

function decode({ group }: Member, { allocator, log }: Real): boolean {
  const before = JSON.stringify(snapshot(allocator));
  const sure = allocator.freeSlots >= group.live * allocator.growthSlots;
  const answer = allocator.grow(group, group.knownTokens);
  log.push(answer);
  if (answer.granted) expect(answer.roomTokens).toBeGreaterThanOrEqual(group.knownTokens);
  else {
    expect(sure).toBe(false);
    expect(JSON.stringify(snapshot(allocator))).toBe(before);
    expectHonest(answer, allocator);
  }
  return answer.granted;
}

function finishSequences(group: PoolGroup, { allocator }: Real): void {
  for (let index = 0; index < group.live; ) {
    if (group.outputs[index]! > group.generated) index += 1;
    else allocator.release(group.endSequence(index));
  }
}

function preempt(member: Member, { allocator, reserves }: Real): void {
  const { group } = member;
  const holders = reserves || group.forked ? group.live : 1;
  for (const sequence of group.sequences.slice(0, holders)) allocator.release(sequence);
  member.state = "waiting";
}

function swapOut(member: Member, { allocator, swaps, log }: Real): void {
  if (!swaps) return;
  const before = JSON.stringify(snapshot(allocator));
  const answer = allocator.swapOut(member.group);
  log.push(answer);
  if (answer.granted) member.state = "swapped";
  else expect(JSON.stringify(snapshot(allocator))).toBe(before);
}

function swapIn(member: Member, { allocator, log }: Real): void {
  const before = JSON.stringify(snapshot(allocator));
  const answer = allocator.swapIn(member.group);
  log.push(answer);
  if (answer.granted) member.state = "decoding";
  else expect(JSON.stringify(snapshot(allocator))).toBe(before);
}

/** The figures of a refusal bear its reason out. */
function expectHonest({ reason, need, free, largestHole }: Refusal, { usage }: EngineAllocator) {
  expect({ free, largestHole }).toEqual({ free: usage.free, largestHole: usage.largestHole });
  if (reason === "total") expect(need).toBeGreaterThan(free);
  if (reason === "hole" || reason === "watermark") expect(need).toBeLessThanOrEqual(free);
}

/** All that can be seen of an allocator, in a form that can be compared and printed. */
export function snapshot(allocator: EngineAllocator) {
  const { referenceCounts, cpu, cells, tables, free, ...rest } = allocator.inspect();
  return {
    ...rest,
    ...poolLists({ cells, tables, free }),
    usage: allocator.usage,
    referenceCounts: referenceCounts && Array.from(referenceCounts),
    cpu: cpu && poolLists(cpu),
  };
}

function poolLists({ cells, tables, free }: PoolLayout) {
  return { cells, tables: [...tableLists(tables)], free: extentList(free) };
}
