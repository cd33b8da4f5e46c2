import { expect, it } from "vitest";
import { DOUBLE } from "../../src/core/double.ts";

it("is no number that anybody could take for a result", () => {
  expect(DOUBLE + 1).toBeNaN();
});
