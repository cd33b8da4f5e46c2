import type { Request, Segment } from "../../../src/request.ts";

/** A request as the workload sent it: one or more single ones, which end one by one. */
export interface Sent {
  readonly user: number | null;
  unended: number;
}

/** A request of one sequence inside the oracle. */
export interface Single {
  readonly id: number;
  readonly request: Request;
  readonly sent: Sent;
  readonly promptTokens: number;
  /** O, cut to what the model can hold. */
  readonly longest: number;
  /** Name of the token that it says n-th, n = 0, 1, 2 …; equal names are equal tokens. */
  readonly outputToken: (n: number) => string;
  /** Names of all tokens it knows; K is their number. */
  readonly known: string[];
  generated: number;
  /** c: tokens computed in ended iterations, or found, since it was last admitted. */
  computed: number;
  /** Computed all it knew in an ended iteration since it was last admitted. */
  decodes: boolean;
  admittedNs: number | null;
  firstTokenNs: number | null;
  preemptedNs: number | null;
  preemptedTotalNs: number;
  preemptions: number;
}

/** Each sequence of a request on its own; ids count from `firstId`. */
export function singlesOf(request: Request, firstId: number, maxModelLen: number): Single[] {
  const { promptTokens, outputTokens, content, outputContent, user } = request;
  const sent = { user, unended: outputTokens.length };
  const unknown = Array.from({ length: promptTokens }, (_, at) => `prompt ${firstId}:${at}`);
  const prompt = content?.flatMap(tokensOf) ?? unknown;
  return outputTokens.map((output, index) => {
    const id = firstId + index;
    const said = index === 0 ? outputContent : null;
    return {
      ...{ id, request, sent, promptTokens },
      longest: Math.min(output, maxModelLen - promptTokens),
      outputToken: (n) =>
        said === null ? `output ${id}:${n}` : `${said.contentId}:${said.offset + n}`,
      known: [...prompt],
      generated: 0,
      computed: 0,
      decodes: false,
      admittedNs: null,
      firstTokenNs: null,
      preemptedNs: null,
      preemptedTotalNs: 0,
      preemptions: 0,
    };
  });
}

function tokensOf({ contentId, offset, length }: Segment): string[] {
  return Array.from({ length }, (_, at) => `${contentId}:${offset + at}`);
}
