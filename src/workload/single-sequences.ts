import type { Request, Segment } from "../request.ts";

/**
 * The sequences of a request as requests of their own, which say the same prompt: what vLLM V1 makes of `n`. Their ids count from
 * `firstId`; a prompt that nobody else knows gets the name of the first, and only the first goes on in a conversation.
 */
export function singleSequences(sent: Request, firstId: number): Request[] {
  const own: Segment = { contentId: -1 - 2 * firstId, offset: 0, length: sent.promptTokens };
  return sent.outputTokens.map((output, index) => ({
    ...sent,
    id: firstId + index,
    outputTokens: [output],
    content: sent.content ?? [own],
    outputContent: index === 0 ? sent.outputContent : null,
  }));
}
