import { expect, test } from "vitest";
import { architectures, gpus } from "../../src/config/catalog/index.ts";
import { parameterCount } from "../../src/config/hugging-face/parameters.ts";
import { activations } from "../../src/planner/activations.ts";
import { smallestPlan } from "../../src/planner/fleet.ts";
import { overhead } from "../../src/planner/overhead.ts";
import { requestsThatFit } from "../../src/planner/requests.ts";
import { kvBytesPerToken } from "../../src/planner/stage.ts";
import { weights } from "../../src/planner/weights.ts";
import { planOf, settingsOf, V1 } from "./plan-of.ts";

/** Decimal gigabytes. */
const GB = 1e9;

test("345 M parameters weigh 690 MB, 13 B 26 GB and 175 B 350 GB", () => {
  const size = (model: string) => weights(settingsOf(model, "a100-80gb")).bytes / GB;
  // GPT-2 medium was announced with 345 M parameters; its file has 355 M.
  expect(parameterCount(architectures["gpt2-medium"]!) / 345e6).toBeCloseTo(1.03, 2);
  expect(Math.abs(size("gpt2-medium") / 0.69 - 1)).toBeLessThan(0.04);
  expect(size("llama-13b")).toBeCloseTo(26, 0);
  expect(size("opt-175b")).toBeCloseTo(349, 0);
});

test("LLaMA-13B keeps 800 KiB a token: 1.6 GB for 2,000 tokens, 16 GB for ten users", () => {
  const perToken = kvBytesPerToken(settingsOf("llama-13b", "a100-40gb"));
  expect(perToken).toBe(800 * 1024);
  expect((2000 * perToken) / GB).toBeCloseTo(1.6, 1);
  expect((10 * 2000 * perToken) / GB).toBeCloseTo(16.4, 1);
});

test("26 + 16 + 9.2 GB is 51.2 GB, which two GPUs of 40 GB hold, not three", () => {
  expect(26 + 16 + 9.2).toBeCloseTo(51.2, 10);
  const demand = { requests: 10, contextTokens: 2000 };
  const smallest = smallestPlan(architectures["llama-13b"]!, gpus["a100-40gb"]!, V1, {}, demand)!;
  expect(smallest.settings).toMatchObject({ tensorParallel: 2, pipelineParallel: 1 });
  expect(requestsThatFit(smallest, 2000).paged).toBeGreaterThan(10);
  const one = planOf("llama-13b", "a100-40gb");
  expect(requestsThatFit(one, 2000).paged).toBeLessThan(10);
});

test("activations and overhead are 5 to 10 % of the model each at most, and follow the batch", () => {
  const settings = settingsOf("llama-13b", "a100-80gb", { maxBatchedTokens: 8192 });
  const share = activations(settings).bytes / weights(settings).bytes;
  expect(share).toBeGreaterThan(0.03);
  expect(share).toBeLessThan(0.1);
  expect(overhead(settings).high / weights(settings).bytes).toBeLessThan(0.05);
});
