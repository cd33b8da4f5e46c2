import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compiled } from "../compiled.ts";

const engine = await compiled<
  "newList" | "at" | "push" | "insert" | "remove" | "clear" | "length"
>(`
  import { IdList } from "./engine/core/id-list";

  export function newList(): IdList {
    return new IdList();
  }

  export function at(list: IdList, index: i32): i32 {
    return list.at(index);
  }

  export function push(list: IdList, id: i32): void {
    list.push(id);
  }

  export function insert(list: IdList, place: i32, id: i32): void {
    list.insert(place, id);
  }

  export function remove(list: IdList, id: i32): void {
    list.remove(id);
  }

  export function clear(list: IdList): void {
    list.clear();
  }

  export function length(list: IdList): i32 {
    return list.length;
  }
`);

const steps = fc.array(
  fc.record({
    kind: fc.constantFrom("push" as const, "insert" as const, "remove" as const, "clear" as const),
    id: fc.nat(60),
  }),
  { maxLength: 120, size: "max" },
);

/** Where an id belongs: ahead of the last ones that are larger. */
function placeOf(list: readonly number[], id: number): number {
  return list.findLastIndex((other) => other <= id) + 1;
}

/** The same step on an array. */
function onArray(list: number[], { kind, id }: { kind: string; id: number }): number[] {
  switch (kind) {
    case "push":
      return [...list, id];
    case "insert":
      return list.toSpliced(placeOf(list, id), 0, id);
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
        const list = engine.newList();
        let array: number[] = [];
        for (const step of program) {
          if (step.kind === "push") engine.push(list, step.id);
          else if (step.kind === "insert") engine.insert(list, placeOf(array, step.id), step.id);
          else if (step.kind === "remove") engine.remove(list, step.id);
          else if (step.id === 0) engine.clear(list);
          array = onArray(array, step);
          expect(engine.length(list)).toBe(array.length);
          expect(array.map((_, index) => engine.at(list, index))).toEqual(array);
        }
      }),
    );
  });
});
