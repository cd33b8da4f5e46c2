import fc from "fast-check";
import { expect, it } from "vitest";
import { compiled, sourceAt } from "./compiled.ts";

/** Whoever hears of what the replica does, and says what comes. */
interface Outside {
  arriveKnown(): number;
  arriveCaused(): number;
  ended(user: number, atNs: number): number;
  /** Nothing runs: how long the next batch takes, or −1 where none begins. */
  next(atNs: number): number;
  completed(atNs: number): void;
}

let outside: Outside;

const engine = await compiled<"mark" | "release" | "make" | "run" | "nowNs">(
  `${sourceAt("test/engine/empty-pool.as")}
  import { Growth } from "./engine/core/growth";
  import { Foreseen } from "./engine/foreseen";
  import { LatencyModel, Price, Work } from "./engine/latency/latency";
  import { Collector } from "./engine/metrics/collector";
  import { Latencies } from "./engine/metrics/latencies";
  import { Ledger } from "./engine/metrics/ledger";
  import { Population } from "./engine/metrics/population";
  import { Space } from "./engine/metrics/space";
  import { RUN_END } from "./engine/metrics/windows";
  import { Aftermath, Replica, ReplicaOf } from "./engine/replica";
  import { Group } from "./engine/request";
  import { Facts } from "./engine/scheduler/facts";
  import { Serving } from "./engine/scheduler/serving";
  export { mark, release } from "./engine/core/memory";

  @external("host", "next") declare function next(atNs: f64): f64;
  @external("host", "completed") declare function completed(atNs: f64): void;

  const price = new Price();

  class FixedLatency extends LatencyModel {
    price(_work: Work): Price { return price; }
  }

  class ToldServing extends Serving {
    readonly aftermath: Aftermath;
    constructor(aftermath: Aftermath) {
      super(new Work());
      this.aftermath = aftermath;
    }
    get present(): i32 { return 0; }
    newcomer(): Group { return new Group(); }
    arrive(_group: Group): void {}
    next(atNs: f64): bool {
      const lasts = next(atNs);
      if (lasts < 0) return false;
      price.first.setNs(lasts);
      return true;
    }
    quietIterations(_price: Price): i32 { return 1; }
    get heedsArrivals(): bool { return true; }
    grow(_steps: i32): Growth { return new Growth(); }
    complete(_steps: i32, atNs: f64): void {
      completed(atNs);
      this.aftermath.ended(0, atNs);
    }
  }

  export function make(firstNs: f64): Replica {
    const pool = new EmptyPool(1);
    const ledger = new Ledger(0);
    const population = new Population(0, RUN_END);
    const collector = new Collector(population, ledger, new Latencies(NaN, NaN), 0, RUN_END);
    const facts = new Facts(pool, collector);
    const space = new Space(pool, ledger, 0, RUN_END);
    const aftermath = new Aftermath(facts);
    const serving = new ToldServing(aftermath);
    const latency = new FixedLatency();
    const foreseen = new Foreseen();
    return new ReplicaOf<ToldServing>(serving, latency, facts, space, aftermath, foreseen, firstNs);
  }
  export function run(replica: Replica, instants: i32): bool { return replica.run(instants); }
  export function nowNs(replica: Replica): f64 { return replica.nowNs; }
  `,
  {
    arriveKnown: () => outside.arriveKnown(),
    foresee: () => 0,
    arriveCaused: () => outside.arriveCaused(),
    ended: (user, atNs) => outside.ended(user!, atNs!),
    progress: () => {},
    next: (atNs) => outside.next(atNs!),
    completed: (atNs) => outside.completed(atNs!),
  },
);

/** In the order in which they come at one instant. */
const KINDS = ["completed", "known", "caused", "next"] as const;

interface Happening {
  readonly kind: (typeof KINDS)[number];
  readonly atNs: number;
}

const soon = fc.nat(4);
const story = fc.record({
  /** Gaps between the arrivals that wait for nothing. */
  gaps: fc.array(soon, { minLength: 1, maxLength: 20 }),
  /** How long batches take; none begins when they are used up, or where it says −1. */
  batches: fc.array(fc.integer({ min: -1, max: 5 }), { maxLength: 20 }),
  /** How long after a batch an arrival comes that it caused; null: none. */
  causes: fc.array(fc.option(soon), { maxLength: 20 }),
  /** How many instants it is served at a time. */
  stretch: fc.integer({ min: 1, max: 10 }),
});

it("takes events by time, at one instant the end of a batch, known arrivals, caused ones, and only then decides", () => {
  fc.assert(
    fc.property(story, ({ gaps, batches, causes, stretch }) => {
      let nowNs = 0;
      const known = gaps.map((gap) => (nowNs += gap));
      const happened: Happening[] = [];
      const expectedArrivals = known.map((atNs): Happening => ({ kind: "known", atNs }));
      const caused: number[] = [];
      const nextCaused = () => Math.min(Infinity, ...caused);
      const tell = (kind: Happening["kind"], atNs: number) => happened.push({ kind, atNs });
      const [lasts, causedAfter] = [[...batches], [...causes]];
      const mark = engine.mark();
      const replica = engine.make(known[0]!);
      outside = {
        arriveKnown() {
          tell("known", engine.nowNs(replica));
          known.shift();
          return known[0] ?? Infinity;
        },
        arriveCaused() {
          tell("caused", engine.nowNs(replica));
          caused.splice(caused.indexOf(nextCaused()), 1);
          return nextCaused();
        },
        ended(_user, atNs) {
          const after = causedAfter.shift() ?? null;
          if (after !== null) {
            caused.push(atNs + after);
            expectedArrivals.push({ kind: "caused", atNs: atNs + after });
          }
          return nextCaused();
        },
        next(atNs) {
          tell("next", atNs);
          return lasts.shift() ?? -1;
        },
        completed: (atNs) => tell("completed", atNs),
      };
      while (engine.run(replica, stretch) === 1);
      engine.release(mark);
      const order = ({ kind, atNs }: Happening) => [atNs, KINDS.indexOf(kind)] as const;
      const sorted = (all: readonly Happening[]) =>
        all.toSorted((a, b) => order(a)[0] - order(b)[0] || order(a)[1] - order(b)[1]);
      const isArrival = ({ kind }: Happening) => kind === "known" || kind === "caused";
      expect(happened.filter(isArrival)).toEqual(sorted(expectedArrivals));
      expectEachInstantInOrder(happened, batches);
    }),
  );
});

/** Goes through what happened: batches end when they should, and a decision ends each instant at which nothing runs. */
function expectEachInstantInOrder(
  happened: readonly Happening[],
  batches: readonly number[],
): void {
  const lasts = [...batches];
  let endNs = Infinity;
  for (const [index, { kind, atNs }] of happened.entries()) {
    const before = happened[index - 1];
    const isNewInstant = before === undefined || before.atNs !== atNs || before.kind === "next";
    if (before !== undefined && isNewInstant && endNs === Infinity)
      expect(before.kind).toBe("next");
    if (!isNewInstant)
      expect(KINDS.indexOf(kind)).toBeGreaterThanOrEqual(KINDS.indexOf(before.kind));
    expect(atNs).toBeLessThanOrEqual(endNs);
    if (kind === "completed") {
      expect(atNs).toBe(endNs);
      endNs = Infinity;
    } else if (kind === "next") {
      expect(endNs).toBe(Infinity);
      const duration = lasts.shift() ?? -1;
      if (duration >= 0) endNs = atNs + duration;
    }
  }
  expect(happened.at(-1)?.kind).toBe("next");
}
