import { expect, test } from "vitest";
import { parseVllmCommand, readCount } from "../../src/planner/vllm-command.ts";

test("a command line is taken apart as a shell and vLLM would", () => {
  const command = parseVllmCommand(
    "VLLM_USE_V1=0 vllm serve meta-llama/Llama-3.1-70B -tp 4 --max_model_len=32k \\\n" +
      '  --speculative-config \'{"method": "eagle3", "num_speculative_tokens": 3}\' --enforce-eager ' +
      '--served-model-name "my model" --frobnicate 7',
  );
  expect(command).toEqual({
    model: "meta-llama/Llama-3.1-70B",
    environment: { VLLM_USE_V1: "0" },
    flags: {
      "tensor-parallel-size": "4",
      "max-model-len": "32k",
      "speculative-config": '{"method": "eagle3", "num_speculative_tokens": 3}',
      "enforce-eager": "",
    },
    unknownFlags: ["--frobnicate"],
  });
});

test("the model may come behind flags, and short names are those of vLLM", () => {
  const { model, flags, unknownFlags } = parseVllmCommand(
    "vllm serve -tp 2 --enable-chunked-prefill -sc x --port 8000 a/b -dcp 8 -O3",
  );
  expect(model).toBe("a/b");
  expect(flags).toEqual({
    "tensor-parallel-size": "2",
    "enable-chunked-prefill": "",
    "speculative-config": "x",
  });
  expect(unknownFlags).toEqual(["-dcp", "-O3"]);
});

test("a switch may be off in three ways", () => {
  const of = (words: string) => parseVllmCommand(`vllm serve ${words} a/b`);
  for (const off of ["--enforce-eager False", "--enforce-eager=false", "--no-enforce-eager"])
    expect(of(off)).toMatchObject({
      model: "a/b",
      flags: { "enforce-eager": expect.stringMatching(/^false$/i) },
    });
  expect(of("--enforce-eager").flags).toEqual({ "enforce-eager": "" });
  expect(of("--draft-tensor-parallel-size 2").unknownFlags.length).toBe(1);
});

test("the old server names its model by a flag; the last of several flags wins", () => {
  const { model, flags } = parseVllmCommand(
    "python -m vllm.entrypoints.openai.api_server --model a/b --dtype half --dtype float16",
  );
  expect(model).toBe("a/b");
  expect(flags["dtype"]).toBe("float16");
});

test("prose with flags in it gives the flags, prose without gives nothing", () => {
  expect(parseVllmCommand("--swap-space=8 --max-num-seqs=16. check passes").flags).toEqual({
    "swap-space": "8",
    "max-num-seqs": "16.",
  });
  expect(parseVllmCommand("").flags).toEqual({});
});

test("counts have decimal and binary suffixes", () => {
  expect(["32k", "32K", "1.5k", "7", "1m"].map(readCount)).toEqual([
    32_000, 32_768, 1500, 7, 1_000_000,
  ]);
  expect(["", "x", "-1", "1.5", "1e3", "9".repeat(30)].map(readCount)).toEqual(
    new Array(6).fill(null),
  );
});
