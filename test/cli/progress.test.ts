import { expect, test } from "vitest";
import { progressLine, progressText } from "../../src/cli/progress.ts";

function drawn(interactive: boolean) {
  const writes: string[] = [];
  const output = { out: () => {}, err: (text: string) => void writes.push(text), width: 80 };
  return { writes, progress: progressLine({ ...output, color: false, interactive }) };
}

test("the bar grows with what is done", () => {
  expect(progressText(0, 200, "a")).toBe("░░░░░░░░░░░░░░░░░░░░   0 %  a");
  expect(progressText(100, 200, "a")).toBe("██████████░░░░░░░░░░  50 %  a");
  expect(progressText(200, 200, "a")).toBe("████████████████████ 100 %  a");
});

test("without a total the count is shown", () => {
  expect(progressText(1234, null, "a")).toBe("1200 requests  a");
});

test("the line is written only when its text changes", () => {
  const { writes, progress } = drawn(true);
  for (let done = 0; done < 1000; done += 1) progress.update(done, 100_000, "a");
  expect(writes).toHaveLength(1);
  progress.clear();
  progress.clear();
  expect(writes).toEqual([expect.stringContaining("0 %  a"), "\u001b[A\r\u001b[K"]);
});

test("a line that would wrap, and could not be erased, is cut", () => {
  const { writes, progress } = drawn(true);
  progress.update(1, 2, "a".repeat(200));
  expect(writes[0]!.trimEnd().length).toBeLessThan(80);
});

test("what follows an interrupt stands below the line", () => {
  const { writes, progress } = drawn(true);
  for (const done of [0, 10, 20]) progress.update(done, 20, "a");
  for (const text of writes) expect(text.endsWith("\n"), text).toBe(true);
  for (const text of writes.slice(1)) expect(text.startsWith("\u001b[A\r\u001b[K")).toBe(true);
});

test("nothing is written where there is no terminal", () => {
  const { writes, progress } = drawn(false);
  progress.update(1, 2, "a");
  progress.clear();
  expect(writes).toEqual([]);
});
