import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const bin = fileURLToPath(new URL("../../dist/src/cli/kvsim.js", import.meta.url));

function shell(command: string) {
  const script = `KVSIM() { "${process.execPath}" "${bin}" "$@"; }; ${command}`;
  return spawnSync("bash", ["-c", script], { encoding: "utf8" });
}

test("the command is built (npm run build)", () => {
  expect(existsSync(bin)).toBe(true);
});

test("a long result arrives whole in a pipe", () => {
  const { stdout, stderr } = shell("KVSIM schema | cat");
  expect(stderr).toBe("");
  expect(JSON.parse(stdout)).toMatchObject({ title: "kvsim config" });
});

test("a closed pipe ends quietly", () => {
  const { stdout, stderr } = shell(
    "KVSIM schema | head -n 1; for i in 1 2 3; do KVSIM list | true; done",
  );
  expect(stdout).toBe("{\n");
  expect(stderr).toBe("");
});

test.skipIf(!existsSync("/dev/full"))("output for which there is no space ends in one line", () => {
  const { status, stderr } = shell("KVSIM list > /dev/full");
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: "error: the output cannot be written (ENOSPC)\n",
  });
  expect(shell("KVSIM rnu 2> /dev/full").status).toBe(1);
});

test("the process exits with the command's code", () => {
  expect(shell("KVSIM --version").status).toBe(0);
  const { status, stdout, stderr } = shell("KVSIM rnu");
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr).toBe("error: unknown command 'rnu' (Did you mean run?)\n");
});
