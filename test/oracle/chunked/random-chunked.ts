import type { SetupConfig } from "../../../src/config/config.ts";
import type { SchedulerConfig } from "../../../src/config/scheduler-config.ts";
import { randomStream } from "../../../src/core/random.ts";
import type { ContentStart, Segment } from "../../../src/request.ts";
import type { RequestStream } from "../../../src/workload/workload.ts";
import { Draw } from "../draw.ts";
import type { RandomRun } from "../random-config.ts";

/** The same pool, requests and step times, served as vLLM V1 does; requests have priorities, and may say what others say. */
export function chunked(run: RandomRun): RandomRun {
  const draw = new Draw(randomStream(run.seed, "oracle/chunked"));
  const { maxModelLen } = run.config;
  const setup: SetupConfig = {
    ...run.setup,
    label: "prefix-cached",
    strategy: "prefix-cached",
    options: {
      blockSize: draw.pick([1, 2, 3, 4, 8, 16, 32]),
      caching: draw.chance(0.85),
    },
    scheduler: randomScheduler(draw, maxModelLen),
    preemption: { mode: "recompute", swapSlots: 0 },
  };
  const priorities = draw.pick([1, 3, 100]);
  const saying = randomSaying(draw);
  return {
    ...run,
    setup,
    open: () => tellContent(run, run.open(), { priorities, saying }),
  };
}

function randomScheduler(draw: Draw, maxModelLen: number): SchedulerConfig {
  return {
    policy: "chunked",
    maxRunning: draw.pick([256, 256, 12, draw.int(1, 8)]),
    maxBatchedTokens: draw.pick([
      4 * maxModelLen,
      maxModelLen,
      draw.int(1, 2 * maxModelLen),
      draw.int(1, 30),
      draw.int(1, 6),
    ]),
    maxWaiting: draw.pick([null, null, null, null, 0, 2]),
    chunkedPrefill: draw.chance(0.75),
    longPrefillThreshold: draw.pick([0, 0, draw.int(1, 8), draw.int(1, maxModelLen)]),
    order: draw.pick(["fcfs", "priority"]),
    fullSequenceGate: draw.chance(0.5),
  };
}

/** How much requests have in common. */
interface Saying {
  /** Contents that prompts are made of; 0: each request has its own. */
  readonly contents: number;
  /** Longest part of one content. */
  readonly longestPart: number;
  /** How often a part begins at the beginning of its content. */
  readonly fromStart: number;
}

function randomSaying(draw: Draw): Saying {
  return {
    contents: draw.pick([0, 1, 1, 2, 5]),
    longestPart: draw.pick([8, 40, 200]),
    fromStart: draw.pick([1, 1, 0.8]),
  };
}

interface Told {
  readonly priorities: number;
  readonly saying: Saying;
}

/** Where the stream does not know what its requests say, some of the same contents, in any order. */
function tellContent(
  { seed }: RandomRun,
  stream: RequestStream,
  { priorities, saying }: Told,
): RequestStream {
  return {
    foreseeable: null,
    nextArrival: () => stream.nextArrival(),
    nextOfUser: (user, nowNs) => stream.nextOfUser(user, nowNs),
    create(id, arrival) {
      const request = stream.create(id, arrival);
      const draw = new Draw(randomStream(seed, `oracle/request/${id}`));
      const priority = draw.int(0, priorities - 1);
      if (request.content !== null || saying.contents === 0 || draw.chance(0.1))
        return { ...request, priority };
      return {
        ...request,
        priority,
        content: randomContent(draw, saying, request.promptTokens),
        outputContent: draw.chance(0.5) ? null : randomStart(draw, saying),
      };
    },
  };
}

function randomContent(draw: Draw, saying: Saying, tokens: number): Segment[] {
  const content: Segment[] = [];
  for (let left = tokens; left > 0; ) {
    const length = Math.min(left, draw.int(1, saying.longestPart));
    content.push({ ...randomStart(draw, saying), length });
    left -= length;
  }
  return content;
}

function randomStart(draw: Draw, { contents, fromStart }: Saying): ContentStart {
  const offset = draw.chance(fromStart) ? 0 : draw.int(0, 20);
  return { contentId: draw.int(0, contents - 1), offset };
}
