import fc from "fast-check";
import { expect, test } from "vitest";
import { models } from "../../src/config/catalog/index.ts";
import { parameterCount } from "../../src/config/hugging-face/parameters.ts";
import { architectureOfSpec } from "../../src/planner/written-model.ts";

test("a model of sizes alone keeps its parameters, layers and cache", () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.values(models)), (spec) => {
      const written = architectureOfSpec(spec);
      expect(written.layers).toHaveLength(spec.layers);
      const { cache } = written.layers[0]!;
      if (spec.latentElements !== null)
        expect(cache).toEqual({ kind: "latent", elements: spec.latentElements });
      else expect(cache).toEqual({ kind: "full", kvHeads: spec.kvHeads, headDim: spec.headDim });
      // Small models with one table of many words have fewer parameters than two tables take.
      const least = 2 * spec.vocabulary * spec.hidden;
      if (spec.parameters > 2 * least)
        expect(Math.abs(parameterCount(written) / spec.parameters - 1)).toBeLessThan(0.001);
    }),
  );
});
