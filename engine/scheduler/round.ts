import { HOLE } from "../allocators/allocator";
import { Work } from "../latency/latency";
import * as COLUMN from "../metrics/space-columns";
import { Group } from "../request";
import { enlargedGroups } from "./groups";
import { RunningSet } from "./running-set";

/** What a scheduling round decided: the batch of the next iteration, and what it cost to make room for it. One is used again and again. */
@final
export class Round {
  atNs: f64 = 0;
  readonly work: Work = new Work();
  firstTokens: f64 = 0;
  /** Why free slots stay free: as the last refusal of the round has it. */
  freeShare: i32 = COLUMN.idle;
  /** Groups whose prompt (or recomputed tokens) this iteration computes, in order of admission: the first so many. */
  private groups: StaticArray<Group | null> = new StaticArray<Group | null>(64);
  prefills: i32 = 0;
  /** The first step for which nobody has been given room yet: 1, or 0 where nobody can be refused and it is given when the iterations begin. */
  growsFrom: i32 = 1;
  /** How many sequences those are that are given it then. */
  dueLater: i32 = 0;
  preemptions: i32 = 0;
  failures: i32 = 0;
  /** Of those who found no place in the waiting room: the next round may have another head. */
  dismissals: i32 = 0;
  /** The group that could not be swapped out, which ends the run; and the slots that it needs and that there are. */
  aborted: Group | null = null;
  abortNeed: f64 = 0;
  abortFree: i32 = 0;

  /** Nothing is decided yet. `copiedTokens`: copies that forks ordered since the last round. */
  begin(atNs: f64, copiedTokens: f64): void {
    this.atNs = atNs;
    this.work.clear();
    this.work.copiedTokens = copiedTokens;
    this.firstTokens = 0;
    this.freeShare = COLUMN.idle;
    this.prefills = 0;
    this.growsFrom = 1;
    this.dueLater = 0;
    this.preemptions = 0;
    this.failures = 0;
    this.dismissals = 0;
    this.aborted = null;
  }

  @inline
  prefillAt(index: i32): Group {
    return this.groups[index]!;
  }

  /** A group was admitted, `tokens` of which this iteration computes. */
  prefill(group: Group, tokens: i32): void {
    const work = this.work;
    if (this.prefills === this.groups.length)
      this.groups = enlargedGroups<Group>(this.groups, 2 * this.prefills);
    this.groups[this.prefills] = group;
    this.prefills += 1;
    this.firstTokens += group.live;
    const known: f64 = group.knownTokens;
    const promptSquare = <f64>group.promptTokens * group.promptTokens;
    work.prefillTokens += tokens;
    work.prefillSquares += promptSquare + group.live * (known * known - promptSquare);
  }

  /** All who run write a token each. */
  @inline
  decode(running: RunningSet): void {
    this.work.decodeSequences = running.sequences;
    this.work.contextTokens = running.contextTokens;
  }

  /** So many sequences need room for the next token, and are given it when the iterations begin. */
  @inline
  leaveGrowth(due: i32): void {
    this.growsFrom = 0;
    this.dueLater = due;
  }

  /** Whether the running set decodes. */
  @inline
  get decodes(): bool {
    return this.work.decodeSequences > 0;
  }

  /** Blocks of `blockSlots` slots each are moved over PCIe. */
  swap(blocks: i32, blockSlots: i32): void {
    this.work.swappedBlocks += blocks;
    this.work.swappedTokens += <f64>blocks * blockSlots;
  }

  /** Somebody was refused memory. */
  refuse(reason: i32): void {
    this.freeShare = reason === HOLE ? COLUMN.external : COLUMN.remainder;
  }
}
