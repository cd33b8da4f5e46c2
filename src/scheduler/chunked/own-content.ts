import type { Request, Segment, Tokens } from "../../request.ts";

/*
 * Content that nobody else has is named by negative numbers, which no workload uses: two for each request.
 */

/** What a request's prompt says; its own content where the workload does not know. */
export function promptContentOf({ id, content, promptTokens }: Request): readonly Segment[] {
  return content ?? [{ contentId: -1 - 2 * id, offset: 0, length: promptTokens }];
}

/** What a request will say: a content, and the token of it that comes first. */
export function outputContentOf({ id, outputContent }: Request): {
  readonly contentId: number;
  readonly offset: Tokens;
} {
  return outputContent ?? { contentId: -2 - 2 * id, offset: 0 };
}
