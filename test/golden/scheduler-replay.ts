import type { PagedAllocator } from "../../src/allocators/paged-allocator.ts";
import { SequenceGroup } from "../../src/request.ts";
import { growFurther } from "../../src/scheduler/growth.ts";
import { Round, type SchedulerPolicyRules } from "../../src/scheduler/scheduler.ts";
import { ServingState } from "../../src/scheduler/serving-state.ts";
import { type ToldFact, tellingSink, toldOf } from "../told-facts.ts";

/** Longer than any recorded request; bounds the wheels of the running set. */
const MAX_TOKENS = 2 ** 15;

/** An arrival as the recordings write it. */
export interface RecordedArrival {
  readonly req: string;
  readonly promptLen: number;
  readonly maxTokens: number;
  readonly n?: number;
  readonly beam?: boolean;
}

/** The scheduler of `kvsim run` over a paged allocator, driven one step at a time. */
export class SteppedScheduler {
  readonly state: ServingState;
  readonly facts: ToldFact[] = [];
  readonly groups = new Map<string, SequenceGroup>();
  readonly #names: string[] = [];
  readonly #policy: SchedulerPolicyRules;
  #pendingCopies = 0;

  constructor(
    allocator: PagedAllocator,
    policy: SchedulerPolicyRules,
    limits: {
      maxRunning: number;
      maxBatchedTokens: number;
      maxPromptTokens: number;
      reservesTokens: number | null;
    },
  ) {
    const { maxRunning, maxBatchedTokens, maxPromptTokens, reservesTokens } = limits;
    this.#policy = policy;
    // The real code gives nobody up: who can never come back waits for ever.
    allocator.wouldNever = () => null;
    allocator.wouldNeverReturn = () => null;
    this.state = new ServingState({
      allocator,
      swapping: allocator,
      reservation: reservesTokens === null ? null : () => reservesTokens,
      limits: { policy: "prefill-first", maxRunning, maxBatchedTokens, maxWaiting: null },
      maxModelLen: MAX_TOKENS,
      maxPromptTokens,
      outside: { facts: tellingSink((fact) => this.facts.push(fact)), ended() {} },
    });
  }

  /** The name a recording gives to a request. */
  nameOf({ id }: Pick<SequenceGroup, "id">): string {
    return this.#names[id]!;
  }

  /** Who waits, the next first. */
  waiting(): string[] {
    return this.state.waiting.ids().map((id) => this.nameOf({ id }));
  }

  arrive({ req, promptLen, maxTokens, n = 1, beam = false }: RecordedArrival): SequenceGroup {
    const group = new SequenceGroup({
      id: this.#names.length,
      arrivalNs: 0,
      promptTokens: promptLen,
      outputTokens: Array.from({ length: n }, () => maxTokens),
      priority: 0,
      // Says something, so that the waiting room keeps the group itself, whose sequences have recorded names.
      content: [],
      outputContent: null,
      user: null,
      isBeam: beam,
    });
    this.#names.push(req);
    this.groups.set(req, group);
    this.state.waiting.enqueue(group);
    return group;
  }

  schedule(): Round {
    this.facts.length = 0;
    const round = new Round().begin(0, this.#pendingCopies);
    this.#policy.schedule(this.state, round);
    if (round.growsFrom === 0) growFurther(this.state, round, 1);
    return round;
  }

  /** Running groups in the running order. */
  running(): SequenceGroup[] {
    const groups: SequenceGroup[] = [];
    const { running } = this.state;
    for (let group = running.next(null); group !== null; group = running.next(group))
      groups.push(group);
    return groups;
  }

  /** Requests given up since the round began, in order: their prompts are too long. */
  ignored(): string[] {
    return toldOf(this.facts, "failed").map(([, group]) => this.nameOf(group));
  }

  /** Requests that ended since the round began, in order. */
  finished(): string[] {
    return toldOf(this.facts, "finished").map(([, group]) => this.nameOf(group));
  }
}
