import { PagedAllocator } from "../../src/allocators/paged-allocator.ts";
import { Digest } from "../../src/core/digest.ts";
import { SequenceGroup } from "../../src/request.ts";
import { BLOCK_SIZE, type Workload } from "./workload.ts";

const REQUESTS = 4000;
const PROMPT_TOKENS = 1024;
const DECODING_REQUESTS = 256;
const DECODING_PROMPT_TOKENS = 512;
const DECODED_TOKENS = 512;
const POOL_BLOCKS = 65_536;

/** V0's block manager; its questions and its actions are one call each in kvsim. */
export const pagedWorkloads: readonly Workload[] = [
  {
    ...{ id: "X1", title: "V0: allocate 1024, free", unit: "requests" },
    ...{ recorded: 42_700, prepare: serveAll },
  },
  {
    ...{ id: "X2", title: "V0: append a token", unit: "tokens" },
    ...{ recorded: 416_000, prepare: decodeAll },
  },
];

function serveAll(): () => number {
  const allocator = pagedAllocator();
  const groups = groupsOf(REQUESTS, PROMPT_TOKENS);
  return () => {
    for (const group of groups) {
      admit(allocator, group);
      allocator.release(group.sequences[0]!);
    }
    return groups.length;
  };
}

function decodeAll(): () => number {
  const allocator = pagedAllocator();
  const groups = groupsOf(DECODING_REQUESTS, DECODING_PROMPT_TOKENS);
  for (const group of groups) admit(allocator, group);
  return () => {
    for (let token = 1; token <= DECODED_TOKENS; token += 1) {
      for (const group of groups) {
        const grant = allocator.grow(group, DECODING_PROMPT_TOKENS + token);
        if (!grant.granted) throw new Error("a token was refused");
      }
    }
    return DECODED_TOKENS * groups.length;
  };
}

function pagedAllocator(): PagedAllocator {
  return new PagedAllocator(
    { blockSize: BLOCK_SIZE, watermark: 0.01, reserve: "none", windowBlocks: Infinity },
    { slots: POOL_BLOCKS * BLOCK_SIZE, swapSlots: 0, maxModelLen: 8192, placements: new Digest() },
  );
}

function admit(allocator: PagedAllocator, group: SequenceGroup): void {
  const { promptTokens } = group;
  const ask = { promptTokens, generatedTokens: 0, sequences: 1, reservations: null };
  if (!allocator.admit(group, ask).granted) throw new Error("a request was refused");
}

/** Requests of one sequence each, named by its number. */
function groupsOf(requests: number, promptTokens: number): SequenceGroup[] {
  return Array.from({ length: requests }, (_, id) => {
    const sampling = {
      outputTokens: [1],
      priority: 0,
      content: null,
      outputContent: null,
      user: null,
    };
    const group = new SequenceGroup({ id, arrivalNs: 0, promptTokens, ...sampling });
    group.sequences = [id];
    return group;
  });
}
