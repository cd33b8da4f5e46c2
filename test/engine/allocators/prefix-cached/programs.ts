import fc from "fast-check";
import type { Segment } from "../../../../src/request.ts";
import type { GroupSpec, KvCacheOptions } from "../../kv-cache.ts";

/** One call; calls that make no sense at the moment are left out when a program runs. */
export type Call =
  | { readonly call: "begin"; readonly handle: number; readonly prompt: readonly Segment[] }
  | { readonly call: "append"; readonly handle: number; readonly segment: Segment }
  | { readonly call: "lookUp" | "preempt" | "free"; readonly handle: number }
  | {
      readonly call: "allocate";
      readonly handle: number;
      readonly tokens: number;
      readonly mustFit: boolean;
    }
  | { readonly call: "reset" };

const full = (blockSize: number): GroupSpec => ({ type: "full", blockSize });
const sliding = (blockSize: number, window: number): GroupSpec => ({
  type: "sliding",
  blockSize,
  window,
});

const groupings: readonly (readonly GroupSpec[])[] = [
  [full(2)],
  [full(4)],
  [sliding(2, 2)],
  [sliding(2, 5)],
  [sliding(4, 6)],
  [full(2), sliding(2, 3)],
  [full(4), sliding(2, 3)],
  [full(2), sliding(4, 7)],
  [sliding(2, 6), full(2)],
  [full(2), sliding(2, 4), sliding(2, 7)],
  [full(4), sliding(2, 4), sliding(2, 4)],
  [full(4), full(2), sliding(4, 2)],
  [sliding(6, 9), full(4)],
  [sliding(2, 3), sliding(2, 7)],
  [sliding(4, 5), sliding(6, 8)],
];

export const pools: fc.Arbitrary<KvCacheOptions> = fc.record({
  numBlocks: fc.integer({ min: 2, max: 40 }),
  groups: fc.constantFrom(...groupings),
  hashBlockSize: fc.constantFrom(1, 2),
  prefixCaching: fc.constantFrom(true, true, true, false),
  maxModelLen: fc.constantFrom(30, 1000),
  maxNumBatchedTokens: fc.integer({ min: 1, max: 12 }),
});

/** Few contents, and offsets that seldom differ, so that beginnings are often shared and often part. */
const segments = (length: number): fc.Arbitrary<Segment> =>
  fc.record({
    contentId: fc.constantFrom(0, 0, 0, 1, 2),
    offset: fc.constantFrom(0, 0, 0, 4, 9),
    length: fc.integer({ min: 1, max: length }),
  });

const handles = fc.integer({ min: 0, max: 4 });

const begins: fc.Arbitrary<Call> = fc.record({
  call: fc.constant("begin" as const),
  handle: handles,
  prompt: fc.array(segments(20), { minLength: 1, maxLength: 3 }),
});

const allocations: fc.Arbitrary<Call> = fc.record({
  call: fc.constant("allocate" as const),
  handle: handles,
  tokens: fc.integer({ min: 1, max: 24 }),
  mustFit: fc.boolean(),
});

const appends: fc.Arbitrary<Call> = fc.record({
  call: fc.constant("append" as const),
  handle: handles,
  segment: segments(3),
});

const others: fc.Arbitrary<Call> = fc.record({
  call: fc.constantFrom("lookUp" as const, "lookUp" as const, "preempt" as const, "free" as const),
  handle: handles,
});

export const programs: fc.Arbitrary<Call[]> = fc
  .array(
    fc.oneof(
      { arbitrary: begins, weight: 4 },
      { arbitrary: begins.chain(startOf), weight: 4 },
      { arbitrary: allocations, weight: 6 },
      { arbitrary: appends, weight: 3 },
      { arbitrary: others, weight: 5 },
      { arbitrary: fc.constant<Call>({ call: "reset" }), weight: 1 },
    ),
    { maxLength: 80, size: "max" },
  )
  .map((calls) => calls.flat());

/** A request as a scheduler starts it: begun, looked up and allocated at once. */
function startOf(begin: Call): fc.Arbitrary<Call[]> {
  const handle = begin.call === "begin" ? begin.handle : 0;
  return allocations.map((allocation) => [
    begin,
    { call: "lookUp", handle },
    { ...allocation, handle } as Call,
  ]);
}
