import type { PreemptionConfig, SchedulerConfig } from "../../src/config/scheduler-config.ts";
import { byArrival, type Group, type Growth, type No, type Pool } from "./group.ts";
import type { Ledger } from "./ledger.ts";

/** Everything a round works on. */
export interface World {
  readonly scheduler: SchedulerConfig;
  readonly preemption: PreemptionConfig;
  readonly pool: Pool;
  readonly ledger: Ledger;
  waiting: Group[];
  running: Group[];
  swapped: Group[];
  /** A group was given up: its memory is free, and it is in none of the lists any more. */
  onFailed(group: Group): void;
}

/** What a round decided. */
export interface Round {
  readonly atNs: number;
  readonly prefills: Group[];
  readonly decodes: Group[];
  copiedTokens: number;
  swappedOutBlocks: number;
  swappedInBlocks: number;
  lastNo: No | null;
  preempted: number;
  failed: number;
  /** The CPU pool could not take a group: the run is over. */
  aborted: boolean;
}

export function runRound(world: World, atNs: number): Round {
  const round: Round = {
    atNs,
    prefills: [],
    decodes: [],
    copiedTokens: 0,
    swappedOutBlocks: 0,
    swappedInBlocks: 0,
    lastNo: null,
    preempted: 0,
    failed: 0,
    aborted: false,
  };
  if (world.scheduler.policy === "prefill-first") prefillFirst(world, round);
  else {
    const before = byArrival(world.running);
    if (world.scheduler.policy === "orca" || before.length === 0) admitHeads(world, round);
    round.decodes.push(...before);
  }
  return round;
}

function prefillFirst(world: World, round: Round): void {
  if (world.swapped.length === 0) admitHeads(world, round);
  if (round.prefills.length > 0) return;
  decodePass(world, round);
  if (round.preempted === 0 && !round.aborted) swapInPass(world, round);
}

function admitHeads(world: World, round: Round): void {
  const { maxBatchedTokens } = world.scheduler;
  let tokens = 0;
  while (world.waiting.length > 0) {
    const head = world.waiting[0]!;
    const headTokens = tokensToPrefill(head);
    if (head.generated > 0 && headTokens > maxBatchedTokens) {
      world.waiting.shift();
      fail(world, round, head);
      continue;
    }
    if (!passesSequenceLimit(world, head)) return;
    if (tokens + headTokens > maxBatchedTokens) return;
    const no = world.pool.admit(head);
    if (no !== null) {
      round.lastNo = no;
      return;
    }
    tokens += headTokens;
    world.waiting.shift();
    world.running.push(head);
    round.prefills.push(head);
    head.admittedNs ??= round.atNs;
    endPreemption(head, round.atNs);
    world.ledger.fact("admitted", head.id, round.atNs, 0);
  }
}

/** P, or P + live·g when it comes back after a recompute preemption. */
export function tokensToPrefill(group: Group): number {
  return group.promptTokens + group.live.length * group.generated;
}

function passesSequenceLimit(world: World, head: Group): boolean {
  const admitted = world.running.reduce((sum, group) => sum + group.live.length, 0);
  return admitted + head.live.length <= world.scheduler.maxRunning;
}

function decodePass(world: World, round: Round): void {
  for (const group of byArrival(world.running)) {
    if (!world.running.includes(group)) continue;
    for (;;) {
      const answer = world.pool.grow(group);
      if (typeof answer !== "string") {
        decode(world, round, group, answer);
        break;
      }
      round.lastNo = answer;
      const victim = byArrival(world.running).at(-1)!;
      preempt(world, round, victim);
      if (round.aborted || victim === group) return;
    }
  }
}

function decode(world: World, round: Round, group: Group, growth: Growth): void {
  const copiedTokens = growth.copiedBlocks * (world.pool.blockSize ?? 0);
  round.copiedTokens += copiedTokens;
  round.decodes.push(group);
  if (copiedTokens > 0) world.ledger.fact("copied", group.id, round.atNs, copiedTokens);
}

function preempt(world: World, round: Round, victim: Group): void {
  const { mode } = world.preemption;
  const swaps = mode === "swap" || (mode === "auto" && victim.live.length > 1);
  const isAlone = world.running.length === 1;
  const never = swaps ? world.pool.neverReturns(victim) : world.pool.neverAdmits(victim);
  world.running = world.running.filter((group) => group !== victim);
  if (never && (!swaps || isAlone)) {
    for (const sequence of victim.live) world.pool.release(sequence);
    fail(world, round, victim);
  } else if (swaps) swapOut(world, round, victim);
  else recompute(world, round, victim);
}

function swapOut(world: World, round: Round, victim: Group): void {
  const blocks = world.pool.swapOut(victim);
  if (typeof blocks === "string") {
    world.running.push(victim);
    round.aborted = true;
    return;
  }
  world.swapped.push(victim);
  round.swappedOutBlocks += blocks;
  beginPreemption(round, victim);
  world.ledger.fact("preempted", victim.id, round.atNs, 1, 0, blocks);
}

function recompute(world: World, round: Round, victim: Group): void {
  for (const sequence of victim.live) world.pool.release(sequence);
  const { promptTokens, written, live } = victim;
  const lost = promptTokens + live.length * (written - promptTokens);
  victim.written = 0;
  world.waiting.unshift(victim);
  beginPreemption(round, victim);
  world.ledger.fact("preempted", victim.id, round.atNs, 0, lost, 0);
}

function beginPreemption(round: Round, victim: Group): void {
  round.preempted += 1;
  victim.preemptions += 1;
  victim.preemptedNs = round.atNs;
}

function endPreemption(group: Group, atNs: number): void {
  if (group.preemptedNs !== null) group.preemptedTotalNs += atNs - group.preemptedNs;
  group.preemptedNs = null;
}

function fail(world: World, round: Round, group: Group): void {
  round.failed += 1;
  world.ledger.fact("failed", group.id, round.atNs);
  world.onFailed(group);
}

function swapInPass(world: World, round: Round): void {
  while (world.swapped.length > 0) {
    const head = byArrival(world.swapped)[0]!;
    if (!passesSequenceLimit(world, head)) return;
    const blocks = world.pool.swapIn(head);
    if (typeof blocks === "string") {
      round.lastNo = blocks;
      return;
    }
    world.swapped = world.swapped.filter((group) => group !== head);
    world.running.push(head);
    round.swappedInBlocks += blocks;
    endPreemption(head, round.atNs);
    world.ledger.fact("swapped-in", head.id, round.atNs, blocks);
    const growth = world.pool.grow(head);
    if (typeof growth === "string") throw new Error("swap-in leaves room for the next token");
    decode(world, round, head, growth);
  }
}
