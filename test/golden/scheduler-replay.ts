import { UNLIMITED } from "../../src/core/unlimited.ts";
import { PREEMPTION } from "../../src/engine/build.ts";
import { integersAt, sourceAt } from "../engine/compiled.ts";
import { describeGroup, EngineGroup } from "../engine/groups.ts";
import { type BlockManager, compilePools } from "../engine/pool.ts";

/** Longer than any recorded request; bounds the wheels of the running set. */
const MAX_TOKENS = 2 ** 15;

/** Operations that are followed, by the codes of test/engine/pool.as. */
const OPERATIONS = ["grow", "release", "swapOut", "swapIn"] as const;

/** An arrival as the recordings write it. */
export interface RecordedArrival {
  readonly req: string;
  readonly promptLen: number;
  readonly maxTokens: number;
  readonly n?: number;
  readonly beam?: boolean;
}

/** A block and the one that its content was copied or moved to. */
export type Move = readonly [from: number, to: number];

/** What a scheduler does with block tables while it works. */
export interface Follower {
  /** A sequence gives its blocks back; false if somebody else is to do that. */
  releases(sequence: number): boolean;
  copied(move: Move): void;
  moved(operation: "swapOut" | "swapIn", move: Move): void;
}

export type Policy = "prefill-first" | "orca" | "static";

/** Whose step is under way. */
let working: SteppedScheduler | null = null;

export const pools = await compilePools(sourceAt("test/engine/stepped.as"), {
  requestEnded: (request) => working!.ended.push(request),
  followBegin: (operation, subject) => working!.begin(OPERATIONS[operation]!, subject),
  followEnd: (operation, subject, granted) =>
    working!.end(OPERATIONS[operation]!, subject, granted === 1),
});
const { module } = pools;

/** The scheduler of `kvsim run` over a paged allocator, driven one step at a time. */
export class SteppedScheduler {
  readonly groups = new Map<string, EngineGroup>();
  /** Requests that have ended in the part of the step under way, in order. */
  readonly ended: number[] = [];
  readonly #address: number;
  readonly #manager: BlockManager;
  readonly #follower: Follower;
  readonly #names: string[] = [];
  /** The tables of a group whose tables are about to change. */
  #before: number[][] = [];
  #ignored: readonly string[] = [];
  #finished: readonly string[] = [];
  #preempted: readonly (readonly [name: string, mode: string])[] = [];

  constructor(
    manager: BlockManager,
    policy: Policy,
    limits: {
      readonly maxRunning: number;
      readonly maxBatchedTokens: number | null;
      readonly maxPromptTokens: number;
    },
    follower: Follower,
    preemption: keyof typeof PREEMPTION = "auto",
  ) {
    this.#manager = manager;
    this.#follower = follower;
    this.#address = module["newStepped"]!(
      // The real code gives nobody up: who can never come back waits for ever.
      module["newFollowed"]!(manager.address),
      policyOf(policy, PREEMPTION[preemption]),
      limits.maxRunning,
      limits.maxBatchedTokens ?? UNLIMITED,
      limits.maxPromptTokens,
      MAX_TOKENS,
    );
  }

  /** A request whose sequences are called by `names`; it has a user, so that the waiting room keeps its group. */
  arrive(arrival: RecordedArrival, names: readonly number[]): EngineGroup {
    const { req, promptLen, maxTokens, n = 1, beam = false } = arrival;
    const id = this.#names.length;
    const address = module["newGroup"]!(id, 0, promptLen, maxTokens);
    const outputTokens = Array.from({ length: n }, () => maxTokens);
    describeGroup(module, address, {
      ...{ promptTokens: promptLen, outputTokens, isBeam: beam, user: id },
    });
    const group = new EngineGroup(module, address);
    this.#names.push(req);
    this.groups.set(req, group);
    if (beam) module["startBeam"]!(address, maxTokens);
    group.nameSequences(names);
    module["enqueue"]!(this.#address, address);
    return group;
  }

  /** Decides what the next step does; false if it could not be done, and all is over. */
  schedule(): boolean {
    const before = this.running();
    this.#finished = [];
    this.#ignored = this.#endings("schedule");
    const waiting = this.waiting();
    const swapped = this.swapped();
    // The victim is always whoever arrived last.
    this.#preempted = before
      .toReversed()
      .filter((name) => waiting.includes(name) || swapped.includes(name))
      .map((name) => [name, swapped.includes(name) ? "swap" : "recompute"]);
    return this.#number("isAborted") === 0;
  }

  /** The step ends. */
  complete(): void {
    this.#finished = this.#endings("complete");
  }

  /** Whether the step computes prompts, or would have if they were not too long. */
  get isPromptStep(): boolean {
    return this.#number("wasPromptStep") === 1;
  }

  get prefillTokens(): number {
    return this.#number("prefillTokens");
  }

  get runningSequences(): number {
    return this.#number("runningSequences");
  }

  get contextTokens(): number {
    return this.#number("contextTokens");
  }

  /** Requests whose prompts the step computes, in order of admission. */
  prefills(): string[] {
    return this.#list("prefills");
  }

  /** Who waits, the next first. */
  waiting(): string[] {
    return this.#list("waiting");
  }

  /** Who runs, in the running order. */
  running(): string[] {
    return this.#list("running");
  }

  /** Who is swapped out, the first to come back first. */
  swapped(): string[] {
    return this.#list("swapped");
  }

  /** Who lost their memory in the round, in order, and what became of it. */
  preempted(): readonly (readonly [name: string, mode: string])[] {
    return this.#preempted;
  }

  /** Requests given up in the round, in order: their prompts are too long. */
  ignored(): readonly string[] {
    return this.#ignored;
  }

  /** Requests that ended with the step, in order. */
  finished(): readonly string[] {
    return this.#finished;
  }

  /** A beam search stops decoding, to change otherwise. */
  leaveRunning(group: EngineGroup): void {
    module["leaveRunning"]!(this.#address, group.address);
  }

  /** A beam search decodes on with what sequences it has, or has ended. */
  resume(group: EngineGroup): void {
    module["resumeBeam"]!(this.#address, group.address);
  }

  /** A beam search has another sequence, which shares what `parent` holds. */
  forkBeam(group: EngineGroup, parent: number, child: number, outputTokens: number): void {
    this.#manager.forkTable(parent, child, false);
    module["addBeam"]!(group.address, child, outputTokens);
  }

  /** A beam search loses a sequence. */
  dropBeam(group: EngineGroup, sequence: number): void {
    this.#manager.releaseTable(sequence);
    group.endSequence(group.sequences.indexOf(sequence));
  }

  /** An operation on a group, or the release of a sequence, is about to be done; 0 if it is not to be. */
  begin(operation: (typeof OPERATIONS)[number], subject: number): number {
    if (operation === "release") return this.#follower.releases(subject) ? 1 : 0;
    this.#before = this.#tablesOf(subject);
    return 1;
  }

  end(operation: (typeof OPERATIONS)[number], subject: number, granted: boolean): void {
    if (!granted || operation === "release") return;
    const before = this.#before;
    for (const [at, table] of this.#tablesOf(subject).entries()) {
      const moves = before[at]!.map((block, entry): Move => [block, table[entry]!]);
      if (operation === "grow") this.#tellCopies(moves);
      else for (const move of moves) this.#tellMoved(operation, move, before.slice(0, at));
    }
  }

  #tellCopies(moves: readonly Move[]): void {
    for (const move of moves) if (move[0] !== move[1]) this.#follower.copied(move);
  }

  /** A block that tables share is moved with the first of them. */
  #tellMoved(operation: "swapOut" | "swapIn", move: Move, tablesBefore: readonly number[][]): void {
    if (!tablesBefore.some((table) => table.includes(move[0])))
      this.#follower.moved(operation, move);
  }

  #tablesOf(group: number): number[][] {
    const { sequences } = new EngineGroup(module, group);
    return sequences.map((sequence) => this.#manager.table(sequence));
  }

  /** Names of those who end while something is done. */
  #endings(what: "schedule" | "complete"): string[] {
    this.ended.length = 0;
    working = this;
    module[what]!(this.#address);
    return this.ended.map((id) => this.#names[id]!);
  }

  #list(which: string): string[] {
    const mark = module["mark"]!();
    const ids = [...integersAt(module, this.#number(which))];
    module["release"]!(mark);
    return ids.map((id) => this.#names[id]!);
  }

  #number(which: string): number {
    return module[which]!(this.#address);
  }
}

function policyOf(policy: Policy, preemption: number): number {
  if (policy === "prefill-first") return module["prefillFirst"]!(preemption);
  return module[policy === "orca" ? "orca" : "staticBatching"]!();
}
