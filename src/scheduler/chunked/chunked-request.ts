import type { Tokens } from "../../request.ts";

/** What a chunked request is told when it arrives. */
export interface ChunkedArrival {
  /** Its name in the KV cache; no other's until it has ended. */
  readonly handle: number;
  /** 0, 1, 2 … in order of arrival. */
  readonly arrival: number;
  /** Lower runs first under priority order. */
  readonly priority: number;
  /** Tokens it will say, ≥ 1; the scheduler must not read it. */
  readonly outputTokens: Tokens;
  /** What it will say: this content, from its token `outputOffset` on. */
  readonly outputContentId: number;
  readonly outputOffset: Tokens;
}

/** A request of one sequence, as the chunked scheduler sees it; what it knows and has computed the KV cache can tell. */
export class ChunkedRequest {
  readonly arrived: ChunkedArrival;
  readonly handle: number;
  /** Its place among all admissions, the last one's. */
  order = 0;
  /** Tokens it has said; while it is in lockstep, those it had said when it joined. */
  generated: Tokens = 0;
  /** Since it was last admitted it has computed all it knew, so each step computes one token and says the next. */
  decodes = false;
  /** Tokens that the step under way computes for it; 0 for one in lockstep. */
  scheduledTokens: Tokens = 0;
  /** Tokens that its last look-up found in the cache. */
  hitTokens: Tokens = 0;
  /** Tokens that it had computed in earlier steps when it was last preempted. */
  lostTokens: Tokens = 0;
  preemptions = 0;

  constructor(arrived: ChunkedArrival) {
    this.arrived = arrived;
    this.handle = arrived.handle;
  }
}

/** Who goes first under priority order: the lower priority, then the earlier arrival. Negative if it is `a`. */
export function byPriority({ arrived: a }: ChunkedRequest, { arrived: b }: ChunkedRequest): number {
  return a.priority - b.priority || a.arrival - b.arrival;
}
