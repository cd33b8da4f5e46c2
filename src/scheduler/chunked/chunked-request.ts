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

/** A request of one sequence, as the chunked scheduler sees it; what it has said and computed the KV cache knows. */
export class ChunkedRequest {
  readonly arrived: ChunkedArrival;
  /** Tokens it has said. */
  generated: Tokens = 0;
  /** Tokens that the step under way computes for it. */
  scheduledTokens: Tokens = 0;
  /** Tokens that its last look-up found in the cache. */
  hitTokens: Tokens = 0;
  preemptions = 0;

  constructor(arrived: ChunkedArrival) {
    this.arrived = arrived;
  }

  get handle(): number {
    return this.arrived.handle;
  }
}

/** Who goes first under priority order: the lower priority, then the earlier arrival. Negative if it is `a`. */
export function byPriority({ arrived: a }: ChunkedRequest, { arrived: b }: ChunkedRequest): number {
  return a.priority - b.priority || a.arrival - b.arrival;
}
