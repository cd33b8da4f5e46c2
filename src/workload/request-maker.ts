import type { WorkloadConfig } from "../config/config.ts";
import { assert } from "../core/assert.ts";
import { randomStream } from "../core/random.ts";
import { plainRequest, type Request, type Segment } from "../request.ts";
import { lengthsSampler } from "./lengths.ts";
import { drawOutputs, type RequestLengths } from "./request-lengths.ts";
import { systemPrompts } from "./system-prompts.ts";
import { contentOf, outputContentOf, type Trace } from "./trace/trace.ts";
import type { RequestStream } from "./workload.ts";

/** Lengths and content of a request, by its id and number of sequences. */
type Saying = (
  id: number,
  sequences: number,
) => RequestLengths & Pick<Request, "content" | "outputContent">;

/** Makes requests that go on from no other: as the trace has them, or as `workload.lengths` draws them. */
export function requestMaker(
  workload: WorkloadConfig,
  trace: Trace | null,
  seed: number,
): RequestStream["create"] {
  const say = workload.lengths === null ? recorded(trace!) : drawn(workload, seed);
  let created = 0;
  return (id, { atNs, user }) => {
    assert(id === created++, "a request is created out of order");
    const { promptTokens, outputTokens, content, outputContent } = say(
      id,
      trace?.sequences[id] || workload.n,
    );
    const priority = trace?.priority[id] ?? 0;
    if (content === null && outputContent === null && priority === 0 && user === null)
      return plainRequest(id, atNs, promptTokens, outputTokens);
    return {
      id,
      arrivalNs: atNs,
      promptTokens,
      outputTokens,
      priority,
      content,
      outputContent,
      user,
    };
  };
}

/** A trace has one output length a request: all its sequences have it. */
function recorded(trace: Trace): Saying {
  return (row, n) => ({
    promptTokens: trace.promptTokens[row]!,
    outputTokens: drawOutputs(n, () => trace.outputTokens[row]!),
    content: contentOf(trace, row),
    outputContent: outputContentOf(trace, row),
  });
}

function drawn({ lengths, prefix }: WorkloadConfig, seed: number): Saying {
  const draw = lengthsSampler(randomStream(seed, "lengths"), lengths!);
  if (prefix === null)
    return (_, n) => {
      const { promptTokens, outputTokens } = draw(n);
      return { promptTokens, outputTokens, content: null, outputContent: null };
    };
  const system = systemPrompts(randomStream(seed, "system"), prefix);
  return (id, n) => {
    const { promptTokens, outputTokens } = draw(n);
    const own: Segment = { contentId: prefix.pool + id, offset: 0, length: promptTokens };
    return {
      promptTokens: prefix.sharedTokens + promptTokens,
      outputTokens,
      content: [...system(), own],
      outputContent: { contentId: own.contentId, offset: promptTokens },
    };
  };
}
