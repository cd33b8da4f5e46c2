import { longest, type Request, type Tokens, withOutputs } from "../request.ts";

/** The request with each output cut so that prompt and output fit the model's length; the same object if they fit. */
export function capOutputs(request: Request, maxModelLen: Tokens): Request {
  const { promptTokens, outputTokens } = request;
  const room = Math.max(1, maxModelLen - promptTokens);
  return longest(outputTokens) <= room ? request : withOutputsUpTo(room, request);
}

function withOutputsUpTo(room: Tokens, request: Request): Request {
  const { outputTokens } = request;
  // Lists of small integers, as all others are: once V8 has met a list of doubles, which Math.min makes, it converts the others.
  if (outputTokens.length === 1) return withOutputs(request, [room]);
  return withOutputs(
    request,
    outputTokens.map((output) => (output < room ? output : room)),
  );
}
