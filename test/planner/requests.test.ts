import { expect, test } from "vitest";
import { releaseOf, version } from "../../src/planner/release.ts";
import { missingBytes } from "../../src/planner/remedies.ts";
import { requestBlocks, requestsThatFit, works } from "../../src/planner/requests.ts";
import { planOf, V0, V1 } from "./plan-of.ts";

test("a request holds the blocks that its tokens fill", () => {
  const plan = planOf("llama-3.1-8b", "a100-80gb", {}, V1);
  expect([1, 16, 17, 2000].map((tokens) => requestBlocks(plan, tokens))).toEqual([1, 1, 2, 125]);
});

test("V0's tables go round in the window of a model that has one", () => {
  const plan = planOf("mistral-7b-v0.1", "a100-80gb", {}, releaseOf("vllm-v0", version(0, 2, 7)));
  expect([1000, 4096, 32_000].map((tokens) => requestBlocks(plan, tokens))).toEqual([63, 256, 256]);
  expect(requestsThatFit(plan, 32_000).paged).toBe(Math.floor(plan.pool.blocks / 256));
});

test("V0's later tables leave the window behind them, a few blocks late", () => {
  const plan = planOf("mistral-7b-v0.1", "a100-80gb", {}, V0);
  // 256 blocks of the window, 2 before it, and the one that is written.
  expect(requestBlocks(plan, 32_000)).toBe(259);
});

test("V0 keeps everything where only some layers slide", () => {
  expect(requestBlocks(planOf("gemma-3-27b", "h100-80gb", {}, V0), 32_000)).toBe(2000);
});

test("V1's sliding layers hold the blocks of their window, not what start-up counts for them", () => {
  const options = { kvBytesPerElement: 1, maxModelLen: 32_768 };
  const plan = planOf("gemma-3-27b", "h100-80gb", options, V1);
  const [full, ...sliding] = [...plan.pool.groups].sort(({ layer }) =>
    layer.kind === "full" ? -1 : 1,
  );
  expect(full!.layer.kind).toBe("full");
  // 1,024 tokens lie in 64 blocks, or in 65 where they begin within one.
  const held = 2000 + 65 * sliding.length;
  expect(requestBlocks(plan, 32_000)).toBe(held);
  const fits = Math.floor((plan.pool.blocks - 1) / held);
  expect(requestsThatFit(plan, 32_000).paged).toBe(fits);
  const demand = { requests: fits, contextTokens: 32_000 };
  expect(works(plan, demand)).toBe(true);
  expect(missingBytes(plan, demand)).toBe(0);
});

test("what is missing is what must be added for the demand to fit, and no less", () => {
  for (const release of [V0, V1]) {
    const base = planOf("llama-2-7b", "a100-80gb", {}, release);
    const demand = { requests: base.pool.blocks + 1, contextTokens: 16 };
    const missing = missingBytes(base, demand);
    const withBytes = (kvCacheBytes: number) =>
      planOf("llama-2-7b", "a100-80gb", { kvCacheBytes }, release);
    expect(works(withBytes(base.available.bytes + missing), demand)).toBe(true);
    expect(works(withBytes(base.available.bytes + missing - 1), demand)).toBe(false);
  }
});

test("a window that is shorter than a block takes one", () => {
  const old = releaseOf("vllm-v0", version(0, 2, 7));
  const plan = planOf("mistral-7b-v0.1", "a100-80gb", { blockSize: 8192 }, old);
  expect(requestBlocks(plan, 20_000)).toBe(1);
});
