import { unsharedHeads } from "../../planner/stage.ts";
import type { Architecture } from "../catalog/architecture.ts";
import { ConfigProblem } from "../problem.ts";

/** How a model is served, where that is said. */
export interface Serving {
  readonly tensorParallel?: number | undefined;
  readonly pipelineParallel?: number | undefined;
  readonly maxModelLen?: number | undefined;
}

/**
 * Throws {@link ConfigProblem}, at the key that is wrong, where vLLM would not serve a model so: GPUs must share its heads equally and each
 * have a layer, and contexts be no longer than those that it was made for.
 */
export function checkServing(architecture: Architecture, serving: Serving): void {
  const { name, heads, layers, maxModelLen: longest } = architecture;
  const { tensorParallel = 1, pipelineParallel = 1, maxModelLen = longest } = serving;
  const refuse = (key: keyof Serving, expected: string, found: number): never => {
    throw new ConfigProblem([key], `expected ${expected}, got ${found}`);
  };
  if (heads % tensorParallel !== 0)
    refuse("tensorParallel", `a divisor of the ${heads} query heads`, tensorParallel);
  const unshared = unsharedHeads(architecture, tensorParallel);
  if (unshared !== null)
    refuse(
      "tensorParallel",
      `a divisor or a multiple of the ${unshared} key and value heads`,
      tensorParallel,
    );
  if (pipelineParallel > layers.length)
    refuse("pipelineParallel", `at most ${layers.length}, the layers`, pipelineParallel);
  if (maxModelLen > longest)
    refuse("maxModelLen", `at most ${longest}, the longest context of ${name}`, maxModelLen);
}
