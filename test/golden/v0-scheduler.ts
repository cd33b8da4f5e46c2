import { isDeepStrictEqual } from "node:util";
import type { SequenceId } from "../../src/request.ts";
import type { EngineGroup } from "../engine/groups.ts";
import type { BlockManager } from "../engine/pool.ts";
import { digest, type Recording, type Replay, type Row, replayRows } from "./replay.ts";
import {
  type Follower,
  type Move,
  pools,
  type RecordedArrival,
  SteppedScheduler,
} from "./scheduler-replay.ts";
import { pagedAllocator, stateText } from "./v0-allocator.ts";

type V0Config = Parameters<typeof pagedAllocator>[1] & {
  readonly maxNumBatchedTokens: number;
  readonly maxNumSeqs: number;
  readonly maxModelLen: number;
  readonly forcePreemptionMode: "swap" | "recompute" | null;
};

type V0Arrival = RecordedArrival & { readonly seq: SequenceId };

/** `["fork", parent, child]` or `["free", sequence]`. */
type PostOperation = readonly [string, SequenceId, SequenceId];

/** The engine's last words where a victim does not fit into the CPU pool. */
const ABORTED =
  "RuntimeError: Aborted due to the lack of CPU swap space. Please increase the swap space to avoid this error.";

/** The output length of a beam: it ends when its recording says so. */
const NEVER = 2 ** 14;

/** Replays a `v0-scheduler` recording on the prefill-first policy over block tables. */
export function replayV0Scheduler(recording: Recording): Replay {
  return pools.withMemory(() => {
    const player = new V0SchedulerPlayer(recording);
    return replayRows(recording.steps ?? [], (row) => player.play(row), NOTHING);
  });
}

/** What a row says that leaves these fields out. */
const NOTHING: Row = {
  swapIn: [],
  swapOut: [],
  copy: [],
  preempted: [],
  ignored: [],
  finished: [],
};

class V0SchedulerPlayer implements Follower {
  readonly #manager: BlockManager;
  readonly #scheduler: SteppedScheduler;
  readonly #maxModelLen: number;
  /** Children of each sequence in the order of the recorded forks. */
  readonly #children = new Map<SequenceId, SequenceId[]>();
  readonly #sequences = new Set<SequenceId>();
  /** Above all recorded names: a name for a sequence that has none. */
  #unnamed: SequenceId;
  #copies: Move[] = [];
  #swapOut: Move[] = [];
  #swapIn: Move[] = [];
  /** Block-manager calls of the step that are still to be made; those of our own scheduler are only waited for. */
  #post: PostOperation[] = [];
  /** Beam searches, and those of them that changed in this step. */
  readonly #beams = new Set<string>();
  readonly #searches = new Set<string>();
  /** vLLM sorts these two lists by arrival only when it comes to use them. */
  #running: readonly string[] = [];
  #swapped: readonly string[] = [];

  constructor({ config, steps = [] }: Recording) {
    const given = config as unknown as V0Config;
    this.#manager = pagedAllocator(pools, { ...given, slidingWindow: given.slidingWindow ?? null });
    this.#maxModelLen = given.maxModelLen;
    this.#scheduler = new SteppedScheduler(
      this.#manager,
      "prefill-first",
      {
        maxRunning: given.maxNumSeqs,
        maxBatchedTokens: given.maxNumBatchedTokens,
        maxPromptTokens: Math.min(given.maxNumBatchedTokens, given.maxModelLen),
      },
      this,
      given.forcePreemptionMode ?? "auto",
    );
    for (const [kind, parent, child] of steps.flatMap(postOf))
      if (kind === "fork")
        this.#children.set(parent, [...(this.#children.get(parent) ?? []), child]);
    const arrivals = steps.flatMap((row) => (row["arrivals"] ?? []) as V0Arrival[]);
    const forks = [...this.#children.values()].flat();
    this.#unnamed = 1 + Math.max(0, ...arrivals.map(({ seq }) => seq), ...forks);
  }

  play(row: Row): Row {
    [this.#copies, this.#swapOut, this.#swapIn] = [[], [], []];
    for (const arrival of (row["arrivals"] ?? []) as V0Arrival[]) this.#arrive(arrival);
    if (!this.#scheduler.schedule()) return { error: ABORTED };
    this.#updateLists();
    const queues = this.#queues();
    const seen = { ...queues, ...this.#decisions(row), ...this.#memory(row) };
    this.#post = [...postOf(row)];
    this.#scheduler.complete();
    this.#searchUntil(null);
    const endedBeams = [...this.#searches].filter((name) => this.#resume(name));
    this.#searches.clear();
    this.#running = this.#running.filter((name) => this.#group(name).live > 0);
    const ended = new Set([...this.#scheduler.finished(), ...endedBeams]);
    const finished = queues.sched.filter((name) => ended.has(name));
    return { ...seen, finished, stateEnd: this.#digest() };
  }

  /** Before a sequence ends, beams change that were recorded to change before. */
  releases(sequence: SequenceId): boolean {
    if (this.#sequences.has(sequence)) this.#searchUntil(sequence);
    return true;
  }

  copied(move: Move): void {
    this.#copies.push(move);
  }

  moved(operation: "swapOut" | "swapIn", move: Move): void {
    (operation === "swapOut" ? this.#swapOut : this.#swapIn).push(move);
  }

  /** Our sequences go by the recorded names, of which only forks tell the children's. */
  #arrive(arrival: V0Arrival): void {
    // A sequence ends with the first token that the model has no room for.
    const longest = Math.max(1, this.#maxModelLen + 1 - arrival.promptLen);
    const maxTokens = Math.min(arrival.maxTokens, longest);
    const isBeam = arrival.beam === true;
    const children = isBeam ? [] : (this.#children.get(arrival.seq) ?? []);
    const names = [arrival.seq, ...children];
    for (const sequence of names) this.#sequences.add(sequence);
    // Samples that end with their first token are never forked: they have no recorded names.
    while (!isBeam && names.length < (arrival.n ?? 1)) names.push(this.#unnamed++);
    this.#scheduler.arrive({ ...arrival, maxTokens: isBeam ? NEVER : maxTokens }, names);
    if (isBeam) this.#beams.add(arrival.req);
  }

  #updateLists(): void {
    const { isPromptStep } = this.#scheduler;
    this.#running = isPromptStep
      ? [...this.#running, ...this.#scheduler.prefills()]
      : this.#scheduler.running();
    if (!isPromptStep) this.#swapped = this.#scheduler.swapped();
  }

  #queues(): Row & { readonly sched: readonly string[] } {
    const { isPromptStep, prefillTokens, runningSequences } = this.#scheduler;
    return {
      prompt: isPromptStep,
      tokens: isPromptStep ? prefillTokens : runningSequences,
      sched: isPromptStep ? this.#scheduler.prefills() : this.#running,
      waiting: this.#scheduler.waiting(),
      running: this.#running,
      swapped: this.#swapped,
    };
  }

  #decisions(row: Row): Row {
    return {
      preempted: this.#scheduler.preempted(),
      ignored: this.#scheduler.ignored(),
      copy: asListed((row["copy"] ?? []) as Move[], this.#copies),
      swapIn: this.#swapIn,
      swapOut: this.#swapOut,
    };
  }

  #memory(row: Row): Row {
    const manager = this.#manager;
    const named = Object.keys((row["tables"] ?? {}) as object);
    return {
      tables: Object.fromEntries(named.map((id) => [id, manager.table(Number(id))])),
      freeGpu: manager.freeCount("gpu"),
      freeCpu: manager.freeCount("cpu"),
      state: this.#digest(),
    };
  }

  #digest(): string {
    return digest(stateText(this.#manager, this.#sequences));
  }

  /** Forks and drops beams as recorded (their scores came from a seeded fake model) up to the release of a sequence. */
  #searchUntil(sequence: SequenceId | null): void {
    for (let next = this.#post.shift(); next !== undefined; next = this.#post.shift()) {
      const [kind, subject, child] = next;
      if (kind === "free" && subject === sequence) return;
      const name = this.#running.find((one) => this.#group(one).sequences.includes(subject));
      if (name === undefined || !this.#beams.has(name)) continue;
      const group = this.#group(name);
      if (!this.#searches.has(name)) this.#scheduler.leaveRunning(group);
      this.#searches.add(name);
      if (kind === "fork") this.#scheduler.forkBeam(group, subject, child, NEVER);
      else this.#scheduler.dropBeam(group, subject);
      if (kind === "fork") this.#sequences.add(child);
    }
  }

  /** Whether a beam search that changed has ended with that. */
  #resume(name: string): boolean {
    const group = this.#group(name);
    this.#scheduler.resume(group);
    return group.live === 0;
  }

  #group(name: string): EngineGroup {
    return this.#scheduler.groups.get(name)!;
  }
}

/** vLLM keeps the copies of a step by their source, so several of one source may be listed together: `seen`, in the recorded order. */
function asListed(recorded: readonly Move[], seen: readonly Move[]): readonly Move[] {
  return isDeepStrictEqual(bySource(recorded), bySource(seen)) ? recorded : seen;
}

function bySource(copies: readonly Move[]): readonly Move[] {
  const sources = new Set(copies.map(([source]) => source));
  return [...sources].flatMap((source) => copies.filter(([from]) => from === source));
}

function postOf(row: Row): readonly PostOperation[] {
  return (row["post"] ?? []) as readonly PostOperation[];
}
