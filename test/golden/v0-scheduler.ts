import type { Transfer } from "../../src/allocators/allocator.ts";
import type { BlockCopy } from "../../src/allocators/block-tables.ts";
import type { PagedAllocator } from "../../src/allocators/paged-allocator.ts";
import type { SequenceGroup, SequenceId } from "../../src/request.ts";
import { completeIterations } from "../../src/scheduler/completion.ts";
import { prefillFirst } from "../../src/scheduler/prefill-first.ts";
import type { Round } from "../../src/scheduler/scheduler.ts";
import { toldOf } from "../told-facts.ts";
import { digest, type Recording, type Replay, type Row, replayRows } from "./replay.ts";
import { type RecordedArrival, SteppedScheduler } from "./scheduler-replay.ts";
import { pagedAllocator, stateText } from "./v0-allocator.ts";
import { asListed, type Copy, endsWithIgnored, isPromptStep } from "./v0-step.ts";

type V0Config = Parameters<typeof pagedAllocator>[0] & {
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
  const player = new V0SchedulerPlayer(recording);
  return replayRows(recording.steps ?? [], (row) => player.play(row), {
    swapIn: [],
    swapOut: [],
    copy: [],
    preempted: [],
    ignored: [],
    finished: [],
  });
}

class V0SchedulerPlayer {
  readonly #allocator: PagedAllocator;
  readonly #scheduler: SteppedScheduler;
  readonly #maxModelLen: number;
  /** Children of each sequence in the order of the recorded forks. */
  readonly #children = new Map<SequenceId, SequenceId[]>();
  readonly #sequences = new Set<SequenceId>();
  /** Above all recorded names: a name for a sequence that has none. */
  #unnamed: SequenceId;
  #copies: Copy[] = [];
  #swapOut: [number, number][] = [];
  #swapIn: [number, number][] = [];
  /** Block-manager calls of the step that are still to be made; those of our own scheduler are only waited for. */
  #post: PostOperation[] = [];
  /** Beam searches that changed in this step. */
  readonly #searches = new Set<SequenceGroup>();
  /** vLLM sorts these two lists by arrival only when it comes to use them. */
  #running: SequenceGroup[] = [];
  #swapped: SequenceGroup[] = [];

  constructor({ config, steps = [] }: Recording) {
    const given = config as unknown as V0Config;
    this.#allocator = pagedAllocator({ ...given, slidingWindow: given.slidingWindow ?? null });
    this.#maxModelLen = given.maxModelLen;
    this.#scheduler = new SteppedScheduler(
      this.#allocator,
      endsWithIgnored(prefillFirst(given.forcePreemptionMode ?? "auto")),
      {
        maxRunning: given.maxNumSeqs,
        maxBatchedTokens: given.maxNumBatchedTokens,
        maxPromptTokens: Math.min(given.maxNumBatchedTokens, given.maxModelLen),
        reservesTokens: null,
      },
    );
    for (const [kind, parent, child] of steps.flatMap(postOf))
      if (kind === "fork")
        this.#children.set(parent, [...(this.#children.get(parent) ?? []), child]);
    const arrivals = steps.flatMap((row) => (row["arrivals"] ?? []) as V0Arrival[]);
    const forks = [...this.#children.values()].flat();
    this.#unnamed = 1 + Math.max(0, ...arrivals.map(({ seq }) => seq), ...forks);
    this.#watch();
  }

  play(row: Row): Row {
    [this.#copies, this.#swapOut, this.#swapIn] = [[], [], []];
    for (const arrival of (row["arrivals"] ?? []) as V0Arrival[]) this.#arrive(arrival);
    const round = this.#scheduler.schedule();
    if (round.aborted !== null) return { error: ABORTED };
    this.#updateLists(round);
    const queues = this.#queues(round);
    const seen = { ...queues, ...this.#decisions(row), ...this.#memory(row) };
    this.#post = [...postOf(row)];
    completeIterations(this.#scheduler.state, round, 1, 0);
    this.#searchUntil(null);
    const endedBeams = [...this.#searches].flatMap((group) => this.#resume(group));
    this.#searches.clear();
    this.#running = this.#running.filter((group) => group.live > 0);
    const ended = new Set([...this.#scheduler.finished(), ...endedBeams]);
    const finished = queues.sched.filter((name) => ended.has(name));
    return { ...seen, finished, stateEnd: this.#digest() };
  }

  /** Our sequences go by the recorded names, of which only forks tell the children's. */
  #arrive(arrival: V0Arrival): void {
    // A sequence ends with the first token that the model has no room for.
    const longest = Math.max(1, this.#maxModelLen + 1 - arrival.promptLen);
    const maxTokens = Math.min(arrival.maxTokens, longest);
    const group = this.#scheduler.arrive({ ...arrival, maxTokens });
    const children = arrival.beam === true ? [] : (this.#children.get(arrival.seq) ?? []);
    group.sequences = [arrival.seq, ...children];
    this.#sequences.add(arrival.seq);
    for (const child of children) this.#sequences.add(child);
    // Samples that end with their first token are never forked: they have no recorded names.
    if (arrival.beam !== true)
      while (group.sequences.length < group.width)
        group.sequences = [...group.sequences, this.#unnamed++];
    if (arrival.beam !== true) return;
    group.setOutputs([NEVER]);
    group.forked = true;
  }

  #updateLists(round: Round): void {
    const { state } = this.#scheduler;
    const isPrompt = isPromptStep(round);
    this.#running = isPrompt ? [...this.#running, ...round.prefills] : this.#scheduler.running();
    if (!isPrompt) this.#swapped = [...state.swapped];
  }

  #queues(round: Round): Row & { readonly sched: readonly string[] } {
    const { state } = this.#scheduler;
    const isPrompt = isPromptStep(round);
    const prompts = round.prefills.reduce((sum, group) => sum + state.prefillTokens(group), 0);
    const names = (groups: readonly SequenceGroup[]) =>
      groups.map((group) => this.#scheduler.nameOf(group));
    return {
      prompt: isPrompt,
      tokens: isPrompt ? prompts : state.running.sequences,
      sched: names(isPrompt ? round.prefills : this.#running),
      waiting: this.#scheduler.waiting(),
      running: names(this.#running),
      swapped: names(this.#swapped),
    };
  }

  #decisions(row: Row): Row {
    const { facts } = this.#scheduler;
    return {
      preempted: toldOf(facts, "preempted").map(([, group, { mode }]) => [
        this.#scheduler.nameOf(group),
        mode,
      ]),
      ignored: this.#scheduler.ignored(),
      copy: asListed((row["copy"] ?? []) as Copy[], this.#copies),
      swapIn: this.#swapIn,
      swapOut: this.#swapOut,
    };
  }

  #memory(row: Row): Row {
    const { tables } = this.#allocator;
    const named = Object.keys((row["tables"] ?? {}) as object);
    return {
      tables: Object.fromEntries(named.map((id) => [id, tables.table(Number(id))])),
      freeGpu: tables.gpu.freeCount,
      freeCpu: tables.cpu.freeCount,
      state: this.#digest(),
    };
  }

  #digest(): string {
    return digest(stateText(this.#allocator, this.#sequences));
  }

  /** Forks and drops beams as recorded (their scores came from a seeded fake model) up to the release of a sequence. */
  #searchUntil(sequence: SequenceId | null): void {
    const { running } = this.#scheduler.state;
    for (let next = this.#post.shift(); next !== undefined; next = this.#post.shift()) {
      const [kind, subject, child] = next;
      if (kind === "free" && subject === sequence) return;
      const group = this.#running.find(({ sequences }) => sequences.includes(subject));
      if (group?.request.isBeam !== true) continue;
      if (!this.#searches.has(group)) running.remove(group);
      this.#searches.add(group);
      if (kind === "fork") this.#forkBeam(group, subject, child);
      else this.#dropBeam(group, subject);
    }
  }

  #forkBeam(group: SequenceGroup, parent: SequenceId, child: SequenceId): void {
    this.#allocator.tables.fork(parent, child);
    this.#sequences.add(child);
    group.sequences = [...group.sequences, child];
    group.setOutputs([...group.outputs, NEVER]);
  }

  #dropBeam(group: SequenceGroup, sequence: SequenceId): void {
    this.#allocator.tables.release(sequence);
    group.endSequence(group.sequences.indexOf(sequence));
  }

  #resume(group: SequenceGroup): string[] {
    const { state } = this.#scheduler;
    const writtenTokens = group.knownTokens - 1;
    if (group.live > 0) state.running.add(group, writtenTokens, writtenTokens);
    else state.admittedSequences -= group.seats;
    return group.live > 0 ? [] : [this.#scheduler.nameOf(group)];
  }

  /** Notes which blocks are copied and moved; the allocator only counts them. */
  #watch(): void {
    const { tables } = this.#allocator;
    const append = tables.append.bind(tables);
    tables.append = (sequence, tokens): BlockCopy | null => {
      const copy = append(sequence, tokens);
      if (copy !== null) this.#copies.push([copy.from, copy.to]);
      return copy;
    };
    const note = (list: () => [number, number][], swap: (group: SequenceGroup) => unknown) =>
      ((group: SequenceGroup) => {
        const answer = swap(group) as Transfer;
        if (answer.granted) list().push(...answer.moves);
        return answer;
      }) as PagedAllocator["swapOut"];
    const release = this.#allocator.release.bind(this.#allocator);
    this.#allocator.release = (sequence) => {
      if (this.#sequences.has(sequence)) this.#searchUntil(sequence);
      release(sequence);
    };
    const { swapOut, swapIn } = this.#allocator;
    this.#allocator.swapOut = note(() => this.#swapOut, swapOut.bind(this.#allocator));
    this.#allocator.swapIn = note(() => this.#swapIn, swapIn.bind(this.#allocator));
  }
}

function postOf(row: Row): readonly PostOperation[] {
  return (row["post"] ?? []) as readonly PostOperation[];
}
