import type { PrefixConfig, WorkloadConfig } from "../config/config.ts";
import { assert } from "../core/assert.ts";
import { randomStream } from "../core/random.ts";
import type { Request, Segment } from "../request.ts";
import { lengthsSampler } from "./lengths.ts";
import { drawOutputs, type LengthsSampler, type RequestLengths } from "./request-lengths.ts";
import { systemPrompts } from "./system-prompts.ts";
import { contentOf, outputContentOf, type Trace } from "./trace/trace.ts";
import type { Foreseeable, RequestStream } from "./workload.ts";

/** Lengths and content of a request, by its id and number of sequences. */
type Saying = (
  id: number,
  sequences: number,
) => RequestLengths & Pick<Request, "content" | "outputContent">;

/** Makes the requests of one run. */
export interface RequestMaker {
  readonly create: RequestStream["create"];
  /** The lengths alone, in place of {@link create}; null where there is more to requests than these. */
  readonly lengths: Foreseeable["lengths"] | null;
}

/** Makes requests that go on from no other: as the trace has them, or as `workload.lengths` draws them. */
export function requestMaker(
  workload: WorkloadConfig,
  trace: Trace | null,
  seed: number,
): RequestMaker {
  const { lengths, prefix, n } = workload;
  const draw = lengths === null ? null : lengthsSampler(randomStream(seed, "lengths"), lengths);
  const say = draw === null ? recorded(trace!) : drawn(draw, prefix, seed);
  const isPlain = prefix === null && n === 1 && (trace?.hasLengthsOnly ?? true);
  const plain = draw === null ? recordedLengths(trace!) : drawnLengths(draw);
  return { create: creator(workload, trace, say), lengths: isPlain ? plain : null };
}

function creator(
  workload: WorkloadConfig,
  trace: Trace | null,
  say: Saying,
): RequestStream["create"] {
  let created = 0;
  return (id, { atNs, user }) => {
    assert(id === created++, "a request is created out of order");
    const { promptTokens, outputTokens, content, outputContent } = say(
      id,
      trace?.sequences[id] || workload.n,
    );
    const priority = trace?.priority[id] ?? 0;
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

function drawnLengths(draw: LengthsSampler): Foreseeable["lengths"] {
  return (prompts, outputs, count) => {
    for (let row = 0; row < count; row += 1) {
      const { promptTokens, outputTokens } = draw(1);
      prompts[row] = promptTokens;
      outputs[row] = outputTokens[0]!;
    }
  };
}

function recordedLengths(trace: Trace): Foreseeable["lengths"] {
  let come = 0;
  return (prompts, outputs, count) => {
    prompts.set(trace.promptTokens.subarray(come, come + count));
    outputs.set(trace.outputTokens.subarray(come, come + count));
    come += count;
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

function drawn(draw: LengthsSampler, prefix: PrefixConfig | null, seed: number): Saying {
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
