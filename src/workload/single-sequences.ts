import type { ContentStart, Request, Segment } from "../request.ts";

/**
 * The sequences of a request as requests of their own, which say the same prompt: what vLLM V1 makes of `n`. Their ids count from
 * `firstId`, and only the first goes on in a conversation. Content that nobody else has is named by negative numbers, two for each
 * request, which no workload uses.
 */
export function singleSequences(sent: Request, firstId: number): Request[] {
  const own: Segment = { contentId: -1 - 2 * firstId, offset: 0, length: sent.promptTokens };
  return sent.outputTokens.map((output, index) => {
    const id = firstId + index;
    const known = index === 0 ? sent.outputContent : null;
    const outputContent: ContentStart = known ?? { contentId: -2 - 2 * id, offset: 0 };
    return { ...sent, id, outputTokens: [output], content: sent.content ?? [own], outputContent };
  });
}
