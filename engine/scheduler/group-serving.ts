import { Allocator } from "../allocators/allocator";
import { Growth } from "../core/growth";
import { Price } from "../latency/latency";
import { Group } from "../request";
import { emptyWaitingRoom, isTurnedAway } from "./admission";
import { completeIterations } from "./completion";
import { growFurther } from "./growth";
import { quietIterations } from "./iterations";
import { UNLIMITED } from "./limits";
import { Policy } from "./policies";
import { Round } from "./round";
import { ABORTED, Outside, Serving, STALLED } from "./serving";
import { RoundLimits, ServingState } from "./serving-state";

/** Nobody was given room. */
const NO_GROWTH = new Growth();

/** Serves requests as groups of sequences, in rounds: whole prompts, then decodes in step (docs/model.md, A scheduling round). */
@final
export class GroupServing extends Serving {
  readonly state: ServingState;
  private readonly policy: Policy;
  private readonly round: Round;
  /** Copies that forks ordered since the last round. */
  private pendingCopies: f64 = 0;

  constructor(limits: RoundLimits, policy: Policy, allocator: Allocator, outside: Outside) {
    const round = new Round();
    super(round.work);
    this.round = round;
    this.policy = policy;
    this.state = new ServingState(limits, allocator, outside);
  }

  get present(): i32 {
    const state = this.state;
    return state.waiting.size + state.swapped + state.running.size + this.round.prefills;
  }

  newcomer(): Group {
    return this.state.groups.take();
  }

  arrive(group: Group): void {
    if (isTurnedAway(this.state, group)) this.state.rejected(group.arrivalNs, group);
    else this.state.waiting.enqueue(group);
  }

  next(atNs: f64): bool {
    const round = this.round;
    for (;;) {
      round.begin(atNs, this.pendingCopies);
      this.policy.schedule(this.state, round);
      if (round.aborted !== null) return this.abort();
      emptyWaitingRoom(this.state, round);
      if (round.decodes || round.prefills > 0 || round.work.swappedBlocks > 0) {
        this.pendingCopies = 0;
        this.firstTokens = round.firstTokens;
        this.freeShare = round.freeShare;
        return true;
      }
      if (round.preemptions + round.failures > 0) continue;
      if (this.state.waiting.size > 0 || this.state.swapped > 0) this.stall();
      return false;
    }
  }

  quietIterations(price: Price): i32 {
    return quietIterations(this.state, this.round, price);
  }

  get heedsArrivals(): bool {
    return this.state.limits.maxWaiting < UNLIMITED || this.policy.heedsArrivals(this.state);
  }

  grow(steps: i32): Growth {
    if (!this.round.decodes) return NO_GROWTH;
    growFurther(this.state, this.round, steps);
    return this.state.growth;
  }

  complete(steps: i32, atNs: f64): void {
    this.pendingCopies += completeIterations(this.state, this.round, steps, atNs);
  }

  /** Nothing runs and nothing can: the first swapped group, or the head, waits for good. */
  private stall(): void {
    const state = this.state;
    const allocator = state.allocator;
    const group = state.swapped > 0 ? state.firstSwapped : state.waiting.front()!;
    const isRefused =
      state.swapped > 0 ? allocator.wouldNeverReturn(group) : allocator.wouldNever(group);
    const need = isRefused ? allocator.answer.need : group.knownTokens;
    this.ending.set(STALLED, group.id, need, allocator.slots);
  }

  private abort(): bool {
    const round = this.round;
    this.ending.set(ABORTED, round.aborted!.id, round.abortNeed, round.abortFree);
    return false;
  }
}
