import type { ChunkedSchedulerConfig } from "../../../src/config/scheduler-config.ts";
import type { PrefixPool } from "./prefix-pool.ts";
import type { Single } from "./single.ts";

/** Everything a step works on. */
export interface ChunkedWorld {
  readonly scheduler: ChunkedSchedulerConfig;
  readonly maxModelLen: number;
  readonly pool: PrefixPool;
  /** In order of admission. */
  running: Single[];
  /** The next one first. */
  waiting: Single[];
  /** Of requests that were never preempted. */
  lookedUpTokens: number;
  hitTokens: number;
}

/** What a step decided. */
export interface Step {
  /** Tokens that requests compute, in order of scheduling. */
  readonly scheduled: Map<Single, number>;
  /** Who lost its blocks, the tokens that it had, and whether it can never come back. */
  readonly preempted: {
    readonly single: Single;
    readonly lostTokens: number;
    readonly fails: boolean;
  }[];
  readonly admitted: Single[];
  budget: number;
  refused: boolean;
}

export function runStep(world: ChunkedWorld): Step {
  const step: Step = {
    scheduled: new Map(),
    preempted: [],
    admitted: [],
    budget: world.scheduler.maxBatchedTokens,
    refused: false,
  };
  continueRunning(world, step);
  if (step.preempted.length === 0) admitWaiting(world, step);
  return step;
}

/** Puts one among those that wait. */
export function putInLine(world: ChunkedWorld, single: Single): void {
  world.waiting.push(single);
  if (world.scheduler.order === "priority") world.waiting.sort(byPriority);
}

function byPriority(a: Single, b: Single): number {
  return a.request.priority - b.request.priority || a.id - b.id;
}

function continueRunning(world: ChunkedWorld, step: Step): void {
  for (const single of [...world.running]) {
    if (!world.running.includes(single)) continue;
    const { computed, known } = single;
    const tokens = Math.min(
      capped(world, known.length - computed),
      step.budget,
      world.maxModelLen - 1 - computed,
    );
    if (tokens === 0) continue;
    while (!world.pool.extend(single, tokens)) {
      step.refused = true;
      const victim = chooseVictim(world);
      preempt(world, step, victim);
      if (victim === single) return;
    }
    schedule(step, single, tokens);
  }
}

function admitWaiting(world: ChunkedWorld, step: Step): void {
  const { maxRunning, chunkedPrefill, fullSequenceGate } = world.scheduler;
  while (step.budget > 0 && world.running.length < maxRunning && world.waiting.length > 0) {
    const head = world.waiting[0]!;
    const found = world.pool.lookUp(head);
    const hit = found.length * world.pool.blockSize;
    countLookUp(world, head, hit);
    const due = capped(world, head.known.length - hit);
    if (!chunkedPrefill && due > step.budget) return;
    const tokens = Math.min(due, step.budget);
    if (!world.pool.admit(head, found, tokens, fullSequenceGate)) {
      step.refused = true;
      return;
    }
    world.waiting.shift();
    world.running.push(head);
    head.computed = hit;
    step.admitted.push(head);
    schedule(step, head, tokens);
  }
}

function countLookUp(world: ChunkedWorld, head: Single, hit: number): void {
  if (head.preemptions > 0) return;
  world.lookedUpTokens += head.known.length;
  world.hitTokens += hit;
}

function capped({ scheduler }: ChunkedWorld, tokens: number): number {
  const { longPrefillThreshold } = scheduler;
  return longPrefillThreshold > 0 ? Math.min(tokens, longPrefillThreshold) : tokens;
}

function schedule(step: Step, single: Single, tokens: number): void {
  step.scheduled.set(single, tokens);
  step.budget -= tokens;
}

function chooseVictim({ scheduler, running }: ChunkedWorld): Single {
  const order = scheduler.order === "fcfs" ? running : [...running].sort(byPriority);
  return order.at(-1)!;
}

function preempt(world: ChunkedWorld, step: Step, single: Single): void {
  step.budget += step.scheduled.get(single) ?? 0;
  step.scheduled.delete(single);
  const lostTokens = single.computed;
  const fails = world.pool.blocksFor(single.known.length) > world.pool.usable;
  step.preempted.push({ single, lostTokens, fails });
  world.pool.release(single);
  world.running = world.running.filter((other) => other !== single);
  single.computed = 0;
  single.decodes = false;
  if (fails) return;
  if (world.scheduler.order === "priority") putInLine(world, single);
  else world.waiting.unshift(single);
}
