// Behind groups.as and pool.as: the scheduler that serves in rounds, a step at a time, its decisions there to be looked at.
import { enlarged } from "./engine/core/columns";
import { Collector } from "./engine/metrics/collector";
import { Latencies } from "./engine/metrics/latencies";
import { Ledger } from "./engine/metrics/ledger";
import { Population } from "./engine/metrics/population";
import { RUN_END } from "./engine/metrics/windows";
import { admitWaiting } from "./engine/scheduler/admission";
import { completeIterations } from "./engine/scheduler/completion";
import { Facts } from "./engine/scheduler/facts";
import { growFurther } from "./engine/scheduler/growth";
import { Orca, Policy, PrefillFirst, StaticBatching } from "./engine/scheduler/policies";
import { Round } from "./engine/scheduler/round";
import { Outside } from "./engine/scheduler/serving";
import { RoundLimits, ServingState } from "./engine/scheduler/serving-state";

/** A request has ended, whichever way. */
// @ts-ignore: decorator
@external("host", "requestEnded")
declare function tellEnded(request: i32): void;

class Teller extends Outside {
  ended(user: i32, _atNs: f64): void {
    tellEnded(user);
  }
}

/** vLLM ends a step that ignored prompts, even where it admitted none; kvsim's rounds go on, which takes no time either. */
class EndsWithIgnored extends Policy {
  private readonly rules: Policy;

  constructor(rules: Policy) {
    super();
    this.rules = rules;
  }

  schedule(state: ServingState, round: Round): void {
    if (state.swapped === 0) admitWaiting(state, round);
    if (!isPromptStep(round)) this.rules.schedule(state, round);
  }

  heedsArrivals(state: ServingState): bool {
    return this.rules.heedsArrivals(state);
  }
}

export function prefillFirst(preemption: i32): Policy {
  return new EndsWithIgnored(new PrefillFirst(preemption));
}

export function orca(): Policy {
  return new Orca();
}

export function staticBatching(): Policy {
  return new StaticBatching();
}

/** Queues, batch and policy of a scheduler. */
class Stepped {
  readonly state: ServingState;
  readonly round: Round = new Round();
  readonly policy: Policy;
  /** Two sequences of which one forks into the other. */
  readonly pair: Group = new Group();

  constructor(state: ServingState, policy: Policy) {
    this.state = state;
    this.policy = policy;
  }
}

/** `maxTokens`: no request has more. */
export function newStepped(
  allocator: Allocator,
  policy: Policy,
  maxRunning: i32,
  maxBatchedTokens: i32,
  maxPromptTokens: i32,
  maxTokens: i32,
): Stepped {
  const limits = new RoundLimits();
  limits.maxRunning = maxRunning;
  limits.maxBatchedTokens = maxBatchedTokens;
  limits.maxPromptTokens = maxPromptTokens;
  limits.maxModelLen = maxTokens;
  const collector = new Collector(
    new Population(0, RUN_END),
    new Ledger(allocator.growthSlots),
    new Latencies(NaN, NaN),
    0,
    RUN_END,
  );
  const outside = new Teller(new Facts(allocator, collector));
  return new Stepped(new ServingState(limits, allocator, outside), policy);
}

export function enqueue(stepped: Stepped, group: Group): void {
  stepped.state.waiting.enqueue(group);
}

export function schedule(stepped: Stepped): void {
  const state = stepped.state;
  const round = stepped.round;
  round.begin(0, 0);
  stepped.policy.schedule(state, round);
  if (round.growsFrom === 0) growFurther(state, round, 1);
}

/** The step that was decided ends. */
export function complete(stepped: Stepped): void {
  completeIterations(stepped.state, stepped.round, 1, 0);
}

/** A step that only ignored prompts is a prompt step too. */
function isPromptStep(round: Round): bool {
  return round.prefills > 0 || round.failures > 0;
}

export function wasPromptStep(stepped: Stepped): bool {
  return isPromptStep(stepped.round);
}

export function isAborted(stepped: Stepped): bool {
  return stepped.round.aborted !== null;
}

/** Ids of those whose prompts the step computes. */
export function prefills(stepped: Stepped): StaticArray<i32> {
  const round = stepped.round;
  const ids = new StaticArray<i32>(round.prefills);
  for (let at = 0; at < ids.length; at += 1) ids[at] = round.prefillAt(at).id;
  return ids;
}

/** Tokens of those prompts. */
export function prefillTokens(stepped: Stepped): f64 {
  return stepped.round.work.prefillTokens;
}

/** Ids of those who wait, the next one first. */
export function waiting(stepped: Stepped): StaticArray<i32> {
  const queue = stepped.state.waiting;
  const ids = new StaticArray<i32>(queue.size);
  for (let place = 0; place < ids.length; place += 1) ids[place] = queue.idAt(place);
  return ids;
}

/** Ids of those who run, in the running order. */
export function running(stepped: Stepped): StaticArray<i32> {
  const set = stepped.state.running;
  const ids = new StaticArray<i32>(set.size);
  let at = 0;
  for (let group = set.next(null); group !== null; group = set.next(group)) ids[at++] = group.id;
  return ids;
}

/** Ids of those who are swapped out, the first to come back first. */
export function swapped(stepped: Stepped): StaticArray<i32> {
  const ids = new StaticArray<i32>(stepped.state.swapped);
  for (let place = 0; place < ids.length; place += 1) ids[place] = stepped.state.swappedIdAt(place);
  return ids;
}

export function runningSequences(stepped: Stepped): i32 {
  return stepped.state.running.sequences;
}

export function contextTokens(stepped: Stepped): f64 {
  return stepped.state.running.contextTokens;
}

// Beam searches change otherwise than by decoding: as they are told to.

/** A request begins as a beam of one sequence, of so many tokens. */
export function startBeam(group: Group, outputTokens: i32): void {
  group.live = 1;
  group.outputs[0] = outputTokens;
  group.forked = true;
  group.findExtremes();
}

/** It does not decode while it changes. */
export function leaveRunning(stepped: Stepped, group: Group): void {
  stepped.state.running.remove(group);
}

/** A beam comes to have another sequence, of so many tokens; its table is forked already. */
export function addBeam(group: Group, sequence: i32, outputTokens: i32): void {
  const at = group.live;
  if (at === group.sequences.length) {
    group.sequences = enlarged(group.sequences, 2 * at);
    group.outputs = enlarged(group.outputs, 2 * at);
  }
  group.sequences[at] = sequence;
  group.outputs[at] = outputTokens;
  group.live = at + 1;
  group.forked = true;
  group.findExtremes();
}

/** It decodes on, or has ended with its last sequence. */
export function resumeBeam(stepped: Stepped, group: Group): void {
  const state = stepped.state;
  const written = group.knownTokens - 1;
  if (group.live > 0) state.running.add(group, written, written);
  else state.admittedSequences -= group.seats;
}
