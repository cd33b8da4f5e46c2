import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { IdList } from "../../src/core/id-list.ts";

const steps = fc.array(
  fc.record({
    kind: fc.constantFrom("push" as const, "insert" as const, "remove" as const, "clear" as const),
    id: fc.nat(60),
  }),
  { maxLength: 120, size: "max" },
);

/** The same step on an array. */
function onArray(list: number[], { kind, id }: { kind: string; id: number }): number[] {
  switch (kind) {
    case "push":
      return [...list, id];
    case "insert": {
      const ahead = list.findLastIndex((other) => other <= id) + 1;
      return list.toSpliced(ahead, 0, id);
    }
    case "remove":
      return list.includes(id) ? list.toSpliced(list.indexOf(id), 1) : list;
    default:
      return id === 0 ? [] : list;
  }
}

describe("IdList", () => {
  it("is an array of ids", () => {
    fc.assert(
      fc.property(steps, (program) => {
        const list = new IdList();
        let array: number[] = [];
        for (const step of program) {
          if (step.kind === "push") list.push(step.id);
          else if (step.kind === "insert") list.insert(step.id, (other) => other > step.id);
          else if (step.kind === "remove") list.remove(step.id);
          else if (step.id === 0) list.clear();
          array = onArray(array, step);
          expect(list.toArray()).toEqual(array);
          expect(list.length).toBe(array.length);
          if (array.length > 0) expect(list.at(array.length - 1)).toBe(array.at(-1));
        }
      }),
    );
  });
});
