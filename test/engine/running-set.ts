import { compiled, FORGETS_TICKS, integersAt, sourceAt } from "./compiled.ts";
import { describeGroup, EngineGroup, GROUPS } from "./groups.ts";

/** Who was given room in a step, and how many slots of that will never be written. */
export interface Served {
  readonly step: number;
  readonly sequences: readonly number[];
  readonly unneeded: number;
}

/** Runs of whoever was given room last. */
let told: Omit<Served, "unneeded">[] = [];
const module = await compiled(
  GROUPS + sourceAt("test/engine/running-set.as"),
  {
    run: (step) => void told.push({ step, sequences: [] }),
    sequence: (sequence) => void (told.at(-1)!.sequences as number[]).push(sequence),
  },
  { edits: FORGETS_TICKS },
);

/** Takes back all that the engine was handed meanwhile. */
export function withMemory(use: () => void): void {
  const mark = module["mark"]!();
  use();
  module["release"]!(mark);
}

export function newGroup(
  id: number,
  promptTokens: number,
  outputTokens: readonly number[],
): EngineGroup {
  const group = module["newGroup"]!(id, 0, promptTokens, outputTokens[0]!);
  describeGroup(module, group, { promptTokens, outputTokens });
  return new EngineGroup(module, group);
}

/** What is handed out, to whom, and how much of it is not needed. */
export class Growth {
  readonly address: number = module["newGrowth"]!();
  readonly #runs: Omit<Served, "unneeded">[] = [];

  /** Hears of all that is given while something is done. */
  hear<T>(use: () => T): T {
    told = this.#runs;
    return use();
  }

  get grownTotal(): number {
    return module["grownTotal"]!(this.address);
  }

  get unneededTotal(): number {
    return module["unneededTotal"]!(this.address);
  }

  /** Slots that are not needed, and the step that they are given in. */
  get losses(): { readonly slots: number; readonly step: number }[] {
    const column = integersAt(module, module["losses"]!(this.address));
    return Array.from({ length: module["lossEnd"]!(this.address) / 2 }, (_, loss) => ({
      slots: column[2 * loss]!,
      step: column[2 * loss + 1]!,
    }));
  }

  /** The runs in which room was given, what is lost of each with it. */
  get served(): Served[] {
    const { losses } = this;
    return this.#runs.map(({ step, sequences }) => {
      const unneeded = losses
        .filter((loss) => loss.step === step)
        .reduce((sum, { slots }) => sum + slots, 0);
      return { step, sequences, unneeded };
    });
  }
}

/** Who of the running groups needs room when: engine/scheduler/growing-sequences.ts. */
export class GrowingSequences {
  readonly #address: number;

  constructor(address: number) {
    this.#address = address;
  }

  /** Those of nobody's running set. */
  static alone(growthSlots: number, maxTokens: number): GrowingSequences {
    return new GrowingSequences(module["newGrowing"]!(growthSlots, maxTokens));
  }

  /** A group in a row begins to run. */
  add(group: EngineGroup, row: number, written: number, roomTokens: number): void {
    module["addGrowing"]!(this.#address, group.address, row, written, roomTokens);
  }

  remove(group: EngineGroup, written: number): void {
    module["removeGrowing"]!(this.#address, group.address, written);
  }

  answered(group: EngineGroup, written: number, roomTokens: number): boolean {
    return module["answered"]!(this.#address, group.address, written, roomTokens) === 1;
  }

  get mustAsk(): boolean {
    return module["mustAsk"]!(this.#address) === 1;
  }

  dueAt(tick: number): number {
    return module["dueAt"]!(this.#address, tick);
  }

  dueAfter(id: number, tick: number): EngineGroup | null {
    return groupAt(module["dueAfter"]!(this.#address, id, tick));
  }

  ticksWithin(budget: number, from: number, ticks: number): number {
    return module["ticksWithin"]!(this.#address, budget, from, ticks);
  }

  grow(growth: Growth, from: number, until: number, firstStep: number): void {
    growth.hear(() => module["grow"]!(this.#address, growth.address, from, until, firstStep));
  }

  growAfter(id: number, growth: Growth, tick: number, rooms: number): EngineGroup | null {
    return growth.hear(() =>
      groupAt(module["growAfter"]!(this.#address, id, growth.address, tick, rooms)),
    );
  }
}

/** Groups that decode together: engine/scheduler/running-set.ts. */
export class RunningSet {
  readonly growing: GrowingSequences;
  readonly #address: number;

  constructor(maxTokens: number, growthSlots: number) {
    this.#address = module["newRunningSet"]!(maxTokens, growthSlots);
    this.growing = new GrowingSequences(module["growingOf"]!(this.#address));
  }

  get tick(): number {
    return module["tick"]!(this.#address);
  }

  get size(): number {
    return module["size"]!(this.#address);
  }

  add(group: EngineGroup, written: number, roomTokens: number): void {
    module["add"]!(this.#address, group.address, written, roomTokens);
  }

  remove(group: EngineGroup): void {
    module["remove"]!(this.#address, group.address);
  }

  advance(steps: number): void {
    module["advance"]!(this.#address, steps);
  }

  ticksToFinish(): number {
    return module["ticksToFinish"]!(this.#address);
  }

  takeFinishing(): EngineGroup | null {
    return groupAt(module["takeFinishing"]!(this.#address));
  }

  endSequences(group: EngineGroup, ended: number): void {
    module["endSequences"]!(this.#address, group.address, ended);
  }
}

function groupAt(address: number): EngineGroup | null {
  return address === 0 ? null : new EngineGroup(module, address);
}
