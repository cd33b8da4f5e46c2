import fc from "fast-check";
import { expect, it } from "vitest";
import { TICKS_PER_NANOSECOND } from "../../../src/core/time.ts";
import { compiled } from "../compiled.ts";
import { READS_WINDOWS, totalsAt } from "./windows.ts";

const engine = await compiled<
  | (
      | "make"
      | "add"
      | "addNs"
      | "addProduct"
      | "addAgain"
      | "addAll"
      | "makeRoom"
      | "copy"
      | "clear"
    )
  | ("sums" | "carried" | "windowFrom" | "windowUntil" | "windowEndNs")
>(`${READS_WINDOWS}
  export function make(columns: i32): Integrals { return new Integrals(columns); }
  export function add(integrals: Integrals, column: i32, ns: f64, ticks: f64): void {
    Integrals.add(integrals.sums, integrals.columns, column, ns, ticks);
  }
  export function addNs(integrals: Integrals, column: i32, ns: f64): void {
    integrals.addNs(column, ns);
  }
  export function addProduct(integrals: Integrals, column: i32, amount: f64, ns: f64): void {
    integrals.addProduct(column, amount, ns);
  }
  export function addAgain(integrals: Integrals, column: i32, amount: f64, ns: f64, ticks: f64): void {
    integrals.addAgain(column, amount, ns, ticks);
  }
  export function addAll(integrals: Integrals, others: Integrals): void { integrals.addAll(others); }
  export function makeRoom(integrals: Integrals): void { integrals.makeRoom(); }
  export function copy(integrals: Integrals, other: Integrals): void { integrals.copy(other); }
  export function clear(integrals: Integrals): void { integrals.clear(); }
`);

const TICKS = BigInt(TICKS_PER_NANOSECOND);
const totals = (integrals: number) => totalsAt(engine, integrals);

/** A total of one column. */
const total = (integrals: number) => totals(integrals)[0]!;

const fits = (amount: number, time: number) => Math.abs(amount * time) < 2 ** 63;
const amount = fc.oneof(fc.integer(), fc.integer({ min: -(2 ** 52), max: 2 ** 52 }));
const duration = fc.oneof(fc.integer(), fc.maxSafeInteger());
const small = fc.integer({ min: 1 - 2 ** 52, max: 2 ** 52 - 1 });
const kept = fc.integer({ min: 1 - 2 ** 50, max: 2 ** 50 - 1 });
const column = fc.nat(2);
const addition = fc.oneof(
  fc
    .record({
      kind: fc.constant("product" as const),
      column,
      amount,
      ns: duration,
      ticks: duration,
    })
    .filter(({ amount, ns, ticks }) => fits(amount, ns) && fits(amount, ticks)),
  fc
    .record({ kind: fc.constant("nanoseconds" as const), column, amount, ns: duration })
    .filter(({ amount, ns }) => fits(amount, ns)),
  fc.record({ kind: fc.constant("direct" as const), column, ns: small, ticks: small }),
  fc.record({ kind: fc.constant("kept" as const), column, ns: kept }),
  fc
    .record({ kind: fc.constant("others" as const), column, amount, ns: duration, more: kept })
    .filter(({ amount, ns }) => fits(amount, ns)),
);

it("sums products of any size and sign exactly, column by column, and copies the sums", () => {
  fc.assert(
    fc.property(fc.array(addition), (additions) => {
      const integrals = engine.make(3);
      const expected = [0n, 0n, 0n];
      for (const added of additions) {
        const { column, ns } = added;
        if (added.kind === "direct") {
          engine.makeRoom(integrals);
          engine.add(integrals, column, ns, added.ticks);
          engine.makeRoom(integrals);
          expected[column]! += BigInt(ns) * TICKS + BigInt(added.ticks);
        } else if (added.kind === "kept") {
          engine.addNs(integrals, column, ns);
          expected[column]! += BigInt(ns) * TICKS;
        } else if (added.kind === "product") {
          engine.addAgain(integrals, column, added.amount, ns, added.ticks);
          expected[column]! += BigInt(added.amount) * (BigInt(ns) * TICKS + BigInt(added.ticks));
        } else if (added.kind === "nanoseconds") {
          engine.addProduct(integrals, column, added.amount, ns);
          expected[column]! += BigInt(added.amount) * BigInt(ns) * TICKS;
        } else {
          const others = engine.make(3);
          engine.addProduct(others, column, added.amount, ns);
          engine.addNs(others, 1, added.more);
          engine.addAll(integrals, others);
          expected[column]! += BigInt(added.amount) * BigInt(ns) * TICKS;
          expected[1]! += BigInt(added.more) * TICKS;
        }
      }
      const copy = engine.make(3);
      engine.copy(copy, integrals);
      engine.addNs(integrals, 1, 1);
      expect(totals(copy)).toEqual(expected);
      expect(totals(integrals)).toEqual([expected[0], expected[1]! + TICKS, expected[2]]);
      engine.clear(integrals);
      expect(totals(integrals)).toEqual([0n, 0n, 0n]);
    }),
  );
});

it("goes on exactly when its doubles are full", () => {
  const integrals = engine.make(1);
  for (let time = 0; time < 5; time += 1) engine.addProduct(integrals, 0, 2 ** 51 + 1, 1);
  for (let time = 0; time < 9; time += 1) engine.addAgain(integrals, 0, -(2 ** 51), 0, 1);
  for (let time = 0; time < 9; time += 1) engine.addNs(integrals, 0, 2 ** 50 - 1);
  const ns = 5n * (2n ** 51n + 1n) + 9n * (2n ** 50n - 1n);
  expect(total(integrals)).toBe(ns * TICKS - 9n * 2n ** 51n);
});

it("refuses what is not exact", () => {
  const integrals = engine.make(1);
  expect(() => engine.addProduct(integrals, 0, 2 ** 32, 2 ** 31)).toThrow(
    "an integral is not exact",
  );
  expect(() => engine.addAgain(integrals, 0, 2, 0, -(2 ** 62))).toThrow("an integral is not exact");
  expect(() => engine.addNs(integrals, 0, 2 ** 53)).toThrow("an integral is not exact");
});
