import type { LengthConfig, LengthsConfig, WorkloadConfig } from "../../src/config/config.ts";
import type { Request } from "../../src/request.ts";
import { loadWorkload, type RequestStream } from "../../src/workload/index.ts";
import type { Served } from "./serve.ts";

/** Always the same. */
export const constant = (value: number): LengthConfig => ({
  law: { kind: "constant", value },
  min: null,
  max: null,
});

/** Every value as likely. */
export const uniform = (low: number, high: number): LengthConfig => ({
  law: { kind: "uniform", low, high },
  min: null,
  max: null,
});

/** Prompts and outputs that know nothing of each other. */
export const independent = (prompt: LengthConfig, output: LengthConfig): LengthsConfig => ({
  kind: "independent",
  prompt,
  output,
});

/** As people begin to talk. */
export const FIRST_TURNS: LengthsConfig = { kind: "dataset", dataset: "sharegpt-first-turns" };

interface Choice {
  readonly sharedTokens?: number;
  readonly pool?: number;
  readonly zipf?: number;
  readonly turns?: LengthConfig;
  readonly thinkSeconds?: number;
  readonly maxModelLen?: number;
  readonly seed?: number;
}

/** The requests of conversations; what a test does not choose is large enough not to matter. */
export async function open(
  choice: Choice = {},
  change: Partial<WorkloadConfig> = {},
): Promise<RequestStream> {
  const workload: WorkloadConfig = {
    requests: 1_000_000,
    durationNs: null,
    arrivals: { process: "poisson", rate: 1 },
    lengths: FIRST_TURNS,
    n: 1,
    prefix: {
      sharedTokens: choice.sharedTokens ?? 0,
      pool: choice.pool ?? 1,
      zipf: choice.zipf ?? 0,
      conversations: {
        turns: choice.turns ?? uniform(1, 6),
        thinkSeconds: choice.thinkSeconds ?? 10,
      },
    },
    trace: null,
    ...change,
  };
  const { maxModelLen = 1_000_000, seed = 1 } = choice;
  return (await loadWorkload({ workload, maxModelLen })).open(seed);
}

/** A service that takes no time. */
export const atOnce = () => 0;

/** Every token of a prompt by name. */
export function tokensOf({ content }: Request): string[] {
  return content!.flatMap(({ contentId, offset, length }) =>
    Array.from({ length }, (_, i) => `${contentId}:${offset + i}`),
  );
}

/** Every token of an answer by name. */
export function answerOf({ outputContent, outputTokens }: Request): string[] {
  const { contentId, offset } = outputContent!;
  return Array.from({ length: outputTokens[0]! }, (_, i) => `${contentId}:${offset + i}`);
}

/** What a conversation is, apart from when it was served. */
export function essence(turns: readonly Served[]) {
  return turns.map(({ request }, turn) => {
    const { id: _, arrivalNs, ...said } = request;
    const thoughtNs = turn === 0 ? arrivalNs : arrivalNs - turns[turn - 1]!.endNs;
    return { thoughtNs, ...said };
  });
}
