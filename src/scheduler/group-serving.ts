import type { BuiltAllocator } from "../allocators/definition.ts";
import type { PreemptionConfig, RoundSchedulerConfig } from "../config/scheduler-config.ts";
import { type Growth, NO_GROWTH } from "../core/growth.ts";
import type { Nanoseconds } from "../core/time.ts";
import type { Batch, Ending } from "../facts.ts";
import type { Price } from "../latency/latency.ts";
import { type Request, SequenceGroup, type Tokens } from "../request.ts";
import { emptyWaitingRoom, whyTurnedAway } from "./arrival.ts";
import { completeIterations } from "./completion.ts";
import { growFurther } from "./growth.ts";
import { roundPolicies } from "./index.ts";
import { quietIterations } from "./iterations.ts";
import { Round, type SchedulerPolicyRules } from "./scheduler.ts";
import type { Outside, Queues, Serving } from "./serving.ts";
import { ServingState } from "./serving-state.ts";

/** Serves requests as groups of sequences, in rounds: whole prompts, then decodes in step (docs/model.md, A scheduling round). */
export class GroupServing implements Serving {
  ending: Ending | null = null;
  private readonly policy: SchedulerPolicyRules;
  private readonly state: ServingState;
  private readonly maxModelLen: Tokens;
  readonly #round = new Round();
  /** Copies that forks ordered since the last round. */
  #pendingCopies: Tokens = 0;

  constructor(
    setup: { readonly scheduler: RoundSchedulerConfig; readonly preemption: PreemptionConfig },
    built: BuiltAllocator,
    maxModelLen: Tokens,
    outside: Outside,
  ) {
    const { scheduler: limits, preemption } = setup;
    this.policy = roundPolicies[limits.policy].rules(preemption.mode);
    this.maxModelLen = maxModelLen;
    this.state = new ServingState({ ...built, limits, maxModelLen, outside });
  }

  get present(): number {
    const { waiting, swapped, running } = this.state;
    return waiting.size + swapped.length + running.size + this.#round.prefills.length;
  }

  arrive(request: Request): void {
    const group = new SequenceGroup(request);
    const refusal = whyTurnedAway(this.state, group, this.maxModelLen);
    if (refusal === null) this.state.waiting.enqueue(group);
    else this.state.rejected(request.arrivalNs, request, refusal);
  }

  next(atNs: Nanoseconds): Batch | null {
    for (;;) {
      const round = this.#round.begin(atNs, this.#pendingCopies);
      this.policy.schedule(this.state, round);
      if (round.aborted !== null) return this.#abort(round.aborted);
      emptyWaitingRoom(this.state, round);
      if (round.decodes || round.prefills.length > 0 || round.work.swappedBlocks > 0) {
        this.#pendingCopies = 0;
        return round;
      }
      if (round.preemptions + round.failures > 0) continue;
      if (this.#isStuck()) this.#stall();
      return null;
    }
  }

  quietIterations(price: Price): number {
    return quietIterations(this.state, this.#round, price);
  }

  get heedsArrivals(): boolean {
    return this.state.limits.maxWaiting !== null || this.policy.heedsArrivals(this.state);
  }

  grow(steps: number): Growth {
    if (!this.#round.decodes) return NO_GROWTH;
    growFurther(this.state, this.#round, steps);
    return this.state.growth;
  }

  complete(steps: number, atNs: Nanoseconds): void {
    this.#pendingCopies += completeIterations(this.state, this.#round, steps, atNs);
  }

  queues(): Queues {
    const { running, waiting, swapped } = this.state;
    const decoding: SequenceGroup[] = [];
    for (let group = running.next(null); group !== null; group = running.next(group))
      decoding.push(group);
    return {
      running: [...decoding, ...this.#round.prefills].map(({ id }) => id),
      waiting: waiting.ids(),
      swapped: swapped.map(({ id }) => id),
    };
  }

  #isStuck(): boolean {
    return this.state.waiting.size > 0 || this.state.swapped.length > 0;
  }

  /** Nothing runs and nothing can: the first swapped group, or the head, waits for good. */
  #stall(): void {
    const { swapped, waiting, swapping, allocator } = this.state;
    const group = swapped[0] ?? waiting.front()!;
    const refusal =
      swapped.length > 0
        ? swapping!.wouldNeverReturn(group)
        : allocator.wouldNever(group, this.state.admission(group));
    const need = refusal?.need ?? group.knownTokens;
    this.ending = { status: "stalled", request: group.id, need, have: allocator.usage.slots };
  }

  #abort({ group, refusal }: NonNullable<Round["aborted"]>): null {
    const { need, free } = refusal;
    this.ending = { status: "aborted", request: group.id, need, have: free };
    return null;
  }
}
