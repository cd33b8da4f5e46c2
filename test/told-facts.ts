import type { FactSink } from "../src/facts.ts";

/** A fact as it was told: its name and what came with it. */
export type ToldFact = {
  [Kind in keyof FactSink]: readonly [kind: Kind, ...told: Parameters<FactSink[Kind]>];
}[keyof FactSink];

/** Passes every fact on as one value. */
export function tellingSink(hear: (fact: ToldFact) => void): FactSink {
  return new Proxy({} as FactSink, {
    get:
      (_, kind) =>
      (...told: unknown[]) =>
        hear([kind, ...told] as unknown as ToldFact),
  });
}

/** What was told of one kind of fact, in order. */
export function toldOf<Kind extends keyof FactSink>(
  facts: readonly ToldFact[],
  kind: Kind,
): Parameters<FactSink[Kind]>[] {
  return facts.flatMap(([other, ...told]) =>
    other === kind ? [told as Parameters<FactSink[Kind]>] : [],
  );
}
