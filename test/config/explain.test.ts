import { describe, expect, it } from "vitest";
import { unknownName } from "../../src/config/explain.ts";

describe("an unknown name", () => {
  it("is told with the nearest and all known ones", () => {
    expect(unknownName("key", "blok", ["block", "size"])).toBe(
      'unknown key "blok"; did you mean block? (known: block, size)',
    );
  });

  it("that begins a few known ones is told with these", () => {
    const known = ["a100-40gb", "a100-80gb", "a10g", "h200"];
    const hint = (name: string) => /did you mean (.*)\?/.exec(unknownName("GPU", name, known))?.[1];
    expect(hint("A100")).toBe("a100-40gb or a100-80gb");
    expect(hint("h20")).toBe("h200");
    expect(hint("a10x")).toBe("a10g");
    expect(hint("a1")).toBeUndefined();
  });

  it("of which there are many is told with those that begin alike", () => {
    const known = Array.from({ length: 50 }, (_, i) => `${i < 3 ? "llama" : "qwen"}-${i}`);
    expect(unknownName("model", "LlamaX", known)).toBe(
      'unknown model "LlamaX"; did you mean llama-0? (known: llama-0, llama-1, llama-2, 47 that kvsim list tells)',
    );
    expect(unknownName("model", "mixtral", known)).toBe(
      'unknown model "mixtral" (known: 50 that kvsim list tells)',
    );
  });
});
