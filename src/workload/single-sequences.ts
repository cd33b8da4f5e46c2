import { ownPrompt } from "../core/own-content.ts";
import type { Request, Segment } from "../request.ts";

/**
 * The sequences of a request as requests of their own, which say the same prompt: what vLLM V1 makes of `n`. Their ids count from
 * `firstId`, and only the first goes on in a conversation.
 */
export function singleSequences(sent: Request, firstId: number): readonly Request[] {
  if (sent.outputTokens.length === 1)
    return [sent.id === firstId ? sent : { ...sent, id: firstId }];
  const own: Segment = { contentId: ownPrompt(firstId), offset: 0, length: sent.promptTokens };
  return sent.outputTokens.map((output, index) => {
    const outputContent = index === 0 ? sent.outputContent : null;
    const id = firstId + index;
    return { ...sent, id, outputTokens: [output], content: sent.content ?? [own], outputContent };
  });
}
