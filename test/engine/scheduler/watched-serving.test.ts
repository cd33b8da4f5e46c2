import { describe, expect, it } from "vitest";
import { compiled } from "../compiled.ts";

/** A serving side that answers a question by its number, counts the steps it is told of, and runs something at every second instant. */
const SOURCE = `
import { Growth } from "./engine/core/growth";
import { Price, Work } from "./engine/latency/latency";
import { Group } from "./engine/request";
import { Outside, Serving, STALLED } from "./engine/scheduler/serving";
import { WatchedServing } from "./engine/scheduler/watched-serving";

class Plain extends Serving {
  arrived: Group | null = null;
  steps: i32 = 0;
  readonly growth: Growth = new Growth();
  get present(): i32 { return 3; }
  newcomer(): Group { return new Group(); }
  arrive(group: Group): void { this.arrived = group; }
  next(atNs: f64): bool {
    this.firstTokens = atNs + 1;
    this.freeShare = <i32>atNs + 2;
    if (atNs % 2 === 0) return true;
    this.ending.set(STALLED, 1, 2, 3);
    return false;
  }
  quietIterations(_price: Price): i32 { return 7; }
  get heedsArrivals(): bool { return true; }
  grow(steps: i32): Growth { this.steps += steps; return this.growth; }
  complete(steps: i32, _atNs: f64): void { this.steps += 100 * steps; }
}

export function newPlain(): Serving { return new Plain(new Work()); }
export function newWatched(inner: Serving): Serving { return new WatchedServing(inner); }
export function newPrice(): Price { return new Price(); }
export function newcomer(serving: Serving): Group { return serving.newcomer(); }
export function arrive(serving: Serving, group: Group): void { serving.arrive(group); }
export function arrived(serving: Plain): Group | null { return serving.arrived; }
export function present(serving: Serving): i32 { return serving.present; }
export function next(serving: Serving, atNs: f64): bool { return serving.next(atNs); }
export function firstTokens(serving: Serving): f64 { return serving.firstTokens; }
export function freeShare(serving: Serving): i32 { return serving.freeShare; }
export function work(serving: Serving): Work { return serving.work; }
export function status(serving: Serving): i32 { return serving.ending.status; }
export function quiet(serving: Serving, price: Price): i32 { return serving.quietIterations(price); }
export function heeds(serving: Serving): bool { return serving.heedsArrivals; }
export function grow(serving: Serving, steps: i32): Growth { return serving.grow(steps); }
export function growthOf(serving: Plain): Growth { return serving.growth; }
export function complete(serving: Serving, steps: i32, atNs: f64): void { serving.complete(steps, atNs); }
export function stepsOf(serving: Plain): i32 { return serving.steps; }
`;

let changes = 0;
const module = await compiled(SOURCE, {
  changed() {
    changes += 1;
  },
});

function watched() {
  changes = 0;
  const plain = module["newPlain"]!();
  return { plain, serving: module["newWatched"]!(plain) };
}

describe("a serving side that is watched", () => {
  it("answers as it would without", () => {
    const { plain, serving } = watched();
    const group = module["newcomer"]!(serving);
    module["arrive"]!(serving, group);
    expect(module["arrived"]!(plain)).toBe(group);
    expect(module["present"]!(serving)).toBe(3);
    expect(module["quiet"]!(serving, module["newPrice"]!())).toBe(7);
    expect(module["heeds"]!(serving)).toBe(1);
    expect(module["work"]!(serving)).toBe(module["work"]!(plain));
    expect(module["next"]!(serving, 4)).toBe(1);
    expect([module["firstTokens"]!(serving), module["freeShare"]!(serving)]).toEqual([5, 6]);
    expect(module["grow"]!(serving, 2)).toBe(module["growthOf"]!(plain));
    module["complete"]!(serving, 3, 5);
    expect(module["stepsOf"]!(plain)).toBe(302);
    expect(module["status"]!(serving)).toBe(0);
    expect(module["next"]!(serving, 5)).toBe(0);
    expect(module["status"]!(serving)).toBe(1);
  });

  it("tells when what runs next has its memory, when it has ended, and when nothing runs", () => {
    const { serving } = watched();
    const seen = [
      () => module["arrive"]!(serving, module["newcomer"]!(serving)),
      () => module["next"]!(serving, 4),
      () => module["grow"]!(serving, 1),
      () => module["complete"]!(serving, 1, 5),
      () => module["next"]!(serving, 5),
    ].map((ask) => {
      changes = 0;
      ask();
      return changes;
    });
    expect(seen).toEqual([0, 0, 1, 1, 1]);
  });
});
