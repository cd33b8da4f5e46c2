import type { Request, Tokens } from "../request.ts";

/** Tokens that an output behind a prompt may have, so that both fit the model's length. */
export function outputRoom(promptTokens: Tokens, maxModelLen: Tokens): Tokens {
  return Math.max(1, maxModelLen - promptTokens);
}

/** The request with each output cut so that prompt and output fit the model's length; the same object if they fit. */
export function capOutputs(request: Request, maxModelLen: Tokens): Request {
  const { promptTokens, outputTokens } = request;
  const room = outputRoom(promptTokens, maxModelLen);
  if (outputTokens.every((output) => output <= room)) return request;
  return { ...request, outputTokens: outputTokens.map((output) => Math.min(output, room)) };
}
