import { ownOutput, ownPrompt } from "../../core/own-content";
import { Group } from "../../request";

/** A request that the KV cache does not know yet has no handle. */
export const NO_HANDLE: i32 = -1;

/** Numbers of a segment: its content, its offset in that, and its length. */
const SEGMENT: i32 = 3;

/** The only segment of a prompt of which the workload says nothing; written anew for every request. */
const ownSegment = new StaticArray<i32>(SEGMENT);

/**
 * A request of one sequence, as the chunked scheduler sees it; what it knows and has computed the KV cache can tell. While it is in
 * lockstep, it has generated what it had when it joined.
 */
@final
export class ChunkedRequest extends Group {
  /** Its name in the KV cache, from its first look-up to its end. */
  handle: i32 = NO_HANDLE;
  /** Its place among all admissions, the last one's. */
  order: i32 = 0;
  /** Since it was last admitted it has computed all it knew, so each step computes one token and says the next. */
  decodes: bool = false;
  /** Tokens that the step under way computes for it; 0 for one in lockstep. */
  scheduledTokens: i32 = 0;
  /** Tokens that its last look-up found in the cache. */
  hitTokens: i32 = 0;
  /** Tokens that it had computed in earlier steps when it was last preempted. */
  lostTokens: i32 = 0;

  begin(id: i32, arrivalNs: f64, promptTokens: i32, outputTokens: i32): void {
    super.begin(id, arrivalNs, promptTokens, outputTokens);
    this.handle = NO_HANDLE;
    this.order = 0;
    this.decodes = false;
    this.scheduledTokens = 0;
    this.hitTokens = 0;
    this.lostTokens = 0;
  }

  /** Tokens it will say. */
  @inline
  get outputTokens(): i32 {
    return this.outputs[0];
  }

  /** What it asks, three numbers a segment; good until the next one is asked. */
  get prompt(): StaticArray<i32> {
    if (this.segments > 0) return this.content;
    ownSegment[0] = ownPrompt(this.id);
    ownSegment[1] = 0;
    ownSegment[2] = this.promptTokens;
    return ownSegment;
  }

  /** How many segments {@link prompt} has. */
  get promptSegments(): i32 {
    return this.segments > 0 ? this.segments : 1;
  }

  /** Tokens from its beginning that other requests may say, too. */
  get sharedTokens(): i32 {
    if (this.hasOutputContent) return i32.MAX_VALUE;
    return this.segments === 0 ? 0 : this.promptTokens;
  }

  /** The content that its answer says: the prompt's own, gone on with, where nobody shares that either. */
  get outputContent(): i32 {
    if (this.hasOutputContent) return this.outputContentId;
    return this.segments === 0 ? ownPrompt(this.id) : ownOutput(this.id);
  }

  /** Where in that it begins. */
  get outputOffset(): i32 {
    if (this.hasOutputContent) return this.outputContentOffset;
    return this.segments === 0 ? this.promptTokens : 0;
  }
}

/** Who goes first under priority order: the lower priority, then the earlier arrival. Negative if it is `a`. */
export function byPriority(a: Group, b: Group): i32 {
  if (a.priority !== b.priority) return a.priority < b.priority ? -1 : 1;
  return a.id - b.id;
}
