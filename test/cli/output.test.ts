import { expect, test } from "vitest";
import { processOutput } from "../../src/cli/output.ts";

/** What may be drawn where standard output and error are such streams, in such an environment. */
function drawn(isTTY: boolean, env: Record<string, string>) {
  const stream = { isTTY, columns: 100 } as NodeJS.WriteStream & { fd: 1 & 2 };
  const { color, interactive, width } = processOutput({ stdout: stream, stderr: stream, env });
  return { color, interactive, width };
}

test("a terminal gets colour, progress and its width", () => {
  expect(drawn(true, {})).toEqual({ color: true, interactive: true, width: 100 });
  expect(drawn(true, { NO_COLOR: "1" })).toMatchObject({ color: false, interactive: true });
});

test("a dumb terminal gets no control sequence", () => {
  expect(drawn(true, { TERM: "dumb" })).toMatchObject({ color: false, interactive: false });
});

test("a file gets neither colour nor progress", () => {
  expect(drawn(false, {})).toEqual({ color: false, interactive: false, width: 80 });
});
