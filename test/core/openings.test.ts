import { expect, it } from "vitest";
import { Growth } from "../../src/core/growth.ts";
import { Openings } from "../../src/core/openings.ts";

it("lists openers step after step, however many there are, and tells what was handed out", () => {
  const openings = new Openings();
  const growth = new Growth();
  for (let round = 0; round < 2; round += 1) {
    openings.clear();
    growth.clear();
    for (let step = 0; step < 200; step += 1) {
      openings.add(step, Int32Array.of(step, 1000 + step, -1), 2, step % 3);
      openings.evicted[step] = step % 2;
    }
    openings.tell(growth);
  }
  expect([openings.count, openings.entries]).toEqual([400, 200]);
  expect([...openings.openers.subarray(396, 400)]).toEqual([198, 1198, 199, 1199]);
  expect([growth.grown.total, growth.unneeded.total, growth.evicted.total]).toEqual([
    400, 199, 100,
  ]);
});
