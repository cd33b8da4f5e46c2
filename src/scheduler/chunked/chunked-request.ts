import { ownOutput, ownPrompt } from "../../core/own-content.ts";
import { type Segment, SequenceGroup, type Tokens } from "../../request.ts";

/** A request that the KV cache does not know yet has no handle. */
export const NO_HANDLE = -1;

/**
 * A request of one sequence, as the chunked scheduler sees it; what it knows and has computed the KV cache can tell. While it is in
 * lockstep, it has generated what it had when it joined.
 */
export class ChunkedRequest extends SequenceGroup {
  /** Its name in the KV cache, from its first look-up to its end. */
  handle = NO_HANDLE;
  /** Its place among all admissions, the last one's. */
  order = 0;
  /** Since it was last admitted it has computed all it knew, so each step computes one token and says the next. */
  decodes = false;
  /** Tokens that the step under way computes for it; 0 for one in lockstep. */
  scheduledTokens: Tokens = 0;
  /** Tokens that its last look-up found in the cache. */
  hitTokens: Tokens = 0;
  /** Tokens that it had computed in earlier steps when it was last preempted. */
  lostTokens: Tokens = 0;

  /** Tokens it will say. */
  get outputTokens(): Tokens {
    return this.request.outputTokens[0]!;
  }

  /** What it asks. */
  get prompt(): readonly Segment[] {
    const { id, content, promptTokens } = this.request;
    return content ?? [{ contentId: ownPrompt(id), offset: 0, length: promptTokens }];
  }

  /** Tokens from its beginning that other requests may say, too. */
  get sharedTokens(): Tokens {
    const { content, outputContent, promptTokens } = this.request;
    if (outputContent !== null) return Infinity;
    return content === null ? 0 : promptTokens;
  }

  /** The content that its answer says: the prompt's own, gone on with, where nobody shares that either. */
  get outputContentId(): number {
    const { id, content, outputContent } = this.request;
    if (outputContent !== null) return outputContent.contentId;
    return content === null ? ownPrompt(id) : ownOutput(id);
  }

  /** Where in that it begins. */
  get outputOffset(): Tokens {
    const { content, outputContent, promptTokens } = this.request;
    if (outputContent !== null) return outputContent.offset;
    return content === null ? promptTokens : 0;
  }
}

/** Who goes first under priority order: the lower priority, then the earlier arrival. Negative if it is `a`. */
export function byPriority({ request: a }: ChunkedRequest, { request: b }: ChunkedRequest): number {
  return a.priority - b.priority || a.id - b.id;
}
