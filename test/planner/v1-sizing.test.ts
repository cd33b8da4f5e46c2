import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { cacheGroups } from "../../src/planner/cache-groups.ts";
import type { CacheLayer } from "../../src/planner/cache-layer.ts";
import { grouped, rounded, twoDecimals } from "../../src/planner/python-format.ts";
import { longestFit, sizeV1, type V1SizingInput } from "../../src/planner/v1-sizing.ts";
import { replayV1Sizing } from "../golden/v1-sizing.ts";

const recording = JSON.parse(
  readFileSync(new URL("../golden/recordings/v1-sizing-01.json", import.meta.url), "utf8"),
);

test("every row of vLLM's own sizing comes out alike", () => {
  expect(replayV1Sizing(recording)).toEqual({ rows: recording.rows.length, difference: null });
});

test("a recording with one byte changed is told apart", () => {
  const [first, ...rest] = recording.rows;
  const changed = { ...first, res: { ...first.res, printed: "40.01x" } };
  const { difference } = replayV1Sizing({ ...recording, rows: [changed, ...rest] });
  expect(difference).toMatchObject({ row: 0, field: "res" });
});

test("hundredths are rounded as Python rounds them: ties to even", () => {
  expect([3.125, 3.375, 0.625, 0.875, 2, 1.005].map(twoDecimals)).toEqual([
    "3.12",
    "3.38",
    "0.62",
    "0.88",
    "2.00",
    "1.00",
  ]);
  expect([16, 1.5, 1.25, 4.541].map(rounded)).toEqual(["16.0", "1.5", "1.25", "4.54"]);
  expect([1, 1000, 1_234_567].map(grouped)).toEqual(["1", "1,000", "1,234,567"]);
});

const full: CacheLayer = { kind: "full", kvHeads: 8, headDim: 128 };
const sliding: CacheLayer = { kind: "sliding", kvHeads: 8, headDim: 128, window: 1024 };

function repeat(layer: CacheLayer, count: number): CacheLayer[] {
  return new Array<CacheLayer>(count).fill(layer);
}

test("groups hold every layer once and none is larger than the group size", () => {
  fc.assert(
    fc.property(fc.nat(80), fc.nat(80), (fulls, slidings) => {
      fc.pre(fulls + slidings > 0);
      const { groups, layersPerGroup } = cacheGroups([
        ...repeat(sliding, slidings),
        ...repeat(full, fulls),
      ]);
      const count = (kind: string) =>
        groups.reduce((sum, { layer, layers }) => sum + (layer.kind === kind ? layers : 0), 0);
      expect(count("full")).toBe(fulls);
      expect(count("sliding")).toBe(slidings);
      expect(Math.max(...groups.map(({ layers }) => layers))).toBeLessThanOrEqual(layersPerGroup);
    }),
  );
});

test("26 layers like Gemma 3 1B are cut by the rarer kind; nearly equal kinds are padded instead", () => {
  expect(cacheGroups([...repeat(sliding, 22), ...repeat(full, 4)])).toEqual({
    layersPerGroup: 4,
    groups: [
      ...[4, 4, 4, 4, 3, 3].map((layers) => ({ layer: sliding, layers })),
      { layer: full, layers: 4 },
    ],
  });
  expect(cacheGroups([...repeat(sliding, 13), ...repeat(full, 10)]).layersPerGroup).toBe(13);
});

const input: V1SizingInput = {
  layers: repeat(full, 32),
  bytesPerElement: 2,
  blockSize: 16,
  maxModelLen: 131_072,
  maxBatchedTokens: 8192,
  availableBytes: 2 ** 30,
  blocksOverride: null,
};

test("the longest length that fits does fit, and one block more does not", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 34 }), (availableBytes) => {
      const longest = longestFit({ ...input, availableBytes });
      const starts = (maxModelLen: number) =>
        !("error" in sizeV1({ ...input, availableBytes, maxModelLen }));
      if (longest > 0) expect(starts(longest)).toBe(true);
      if (longest < input.maxModelLen) expect(starts(longest + 1)).toBe(false);
    }),
  );
});

test("where nothing fits the message names no length", () => {
  const sizing = sizeV1({ ...input, availableBytes: 1000 });
  expect(sizing).toMatchObject({ error: expect.not.stringContaining("estimated") });
});

test("an override of the blocks stands for their memory, whatever is available", () => {
  const blockBytes = 32 * 2 * 16 * 8 * 128 * 2;
  const needed = Math.ceil(input.maxModelLen / 16);
  const starts = (blocksOverride: number) =>
    !("error" in sizeV1({ ...input, availableBytes: blockBytes, blocksOverride }));
  expect([needed - 1, needed].map(starts)).toEqual([false, true]);
});

test("without any memory the message says just that", () => {
  for (const availableBytes of [0, -5])
    expect(sizeV1({ ...input, availableBytes })).toMatchObject({
      error: expect.stringContaining("No available memory for the cache blocks"),
    });
});

test("layers that look back alike are one group even where their heads differ: a block has a page of each", () => {
  const narrow: CacheLayer = { ...full, kvHeads: 2 };
  const blockBytes = 2 * 16 * 128 * 2 * (3 * 8 + 5 * 2);
  const sizing = sizeV1({
    ...input,
    layers: [...repeat(full, 3), ...repeat(narrow, 5)],
    maxModelLen: 1600,
    availableBytes: 1000.5 * blockBytes,
  });
  expect(sizing).toMatchObject({
    blocks: 1000,
    blockBytes,
    layersPerGroup: 8,
    groups: [{ layers: 8, isMixed: true }],
    maxConcurrency: 10,
  });
});

test("where pages differ between groups, smaller ones hold more tokens; where they do not divide, nothing starts", () => {
  const mixed = (kvHeads: number) =>
    sizeV1({
      ...input,
      layers: [...repeat(full, 4), ...repeat({ ...sliding, kvHeads }, 4)],
      maxModelLen: 16_384,
    });
  expect(mixed(2)).toMatchObject({
    pageBytes: 2 * 16 * 8 * 128 * 2,
    groups: [{ layers: 4 }, { layers: 4, blockScale: 4 }],
  });
  expect(mixed(3)).toMatchObject({ error: expect.stringContaining("not divisible") });
});
