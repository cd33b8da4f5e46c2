import { assert } from "../core/assert.ts";
import type { Nanoseconds } from "../core/time.ts";
import type { Request, Tokens } from "../request.ts";
import { singleSequences } from "../workload/single-sequences.ts";
import type { Arrival, RequestStream } from "../workload/workload.ts";
import { capOutputs } from "./cap-outputs.ts";
import { type Engine, engine, type Host } from "./engine.ts";
import { EventQueue } from "./event-queue.ts";
import { Foreseen } from "./foreseen.ts";

/** Nobody in particular, to the engine. */
const NO_USER = -1;

/** Where a run's requests come from, and where they go. */
export interface ArrivalsParts {
  readonly stream: RequestStream;
  /** Tokens of the longest request, its output included. */
  readonly maxModelLen: Tokens;
  /** Whether each sequence of a request is a request of its own (vLLM V1). */
  readonly separates: boolean;
  /** Called now and then with the number of requests that have ended. */
  readonly onProgress: (ended: number) => void;
  /** Addresses of whom a request is told of, of who serves it, and of the block of those that are foreseen. */
  readonly facts: number;
  readonly serving: number;
  readonly foreseen: number;
}

/** Hands requests to the engine as they come, or ahead of time, and has those come that others cause. */
export class Arrivals implements Host {
  private readonly parts: ArrivalsParts;
  private readonly stream: RequestStream;
  /** The requests ahead of their time; null where they are not known then. */
  private readonly foreseen: Foreseen | null;
  /** The next that waits for nothing; null after the last, and where they are foreseen. */
  #known: Arrival | null;
  /** At one instant in the order in which they became known. */
  readonly #caused = new EventQueue<Arrival>();
  /** Requests as the stream sent them, those of them with an output that was cut, and requests as they are served. */
  #sent = 0;
  #capped = 0;
  #requests = 0;
  /** Of each user of a closed loop: requests that have not ended. */
  readonly #unended = new Map<number, number>();

  constructor(parts: ArrivalsParts) {
    const { stream, maxModelLen } = parts;
    const { foreseeable } = stream;
    this.parts = parts;
    this.stream = stream;
    this.foreseen =
      foreseeable === null ? null : new Foreseen(foreseeable, maxModelLen, parts.foreseen);
    this.#known = foreseeable === null ? stream.nextArrival() : null;
  }

  /** When the first request is due; Infinity if none comes. */
  get firstNs(): Nanoseconds {
    return this.foreseen === null ? this.#knownNs : this.foreseen.firstNs;
  }

  /** Requests that came with an output which was cut. */
  get outputsCapped(): number {
    return this.foreseen === null ? this.#capped : this.foreseen.outputsCapped;
  }

  foresee(): number {
    return this.foreseen!.fill();
  }

  arriveKnown(): Nanoseconds {
    this.#arrive(this.#known!);
    this.#known = this.stream.nextArrival();
    return this.#knownNs;
  }

  arriveCaused(): Nanoseconds {
    this.#arrive(this.#caused.pop()!);
    return this.#caused.nextNs;
  }

  /** In a closed loop a user all of whose requests have ended sends another. */
  ended(user: number, atNs: Nanoseconds): Nanoseconds {
    const left = this.#unended.get(user)! - 1;
    if (left > 0) this.#unended.set(user, left);
    else {
      this.#unended.delete(user);
      const nextNs = this.stream.nextOfUser(user, atNs);
      if (nextNs !== null) this.#caused.push({ atNs: nextNs, user });
    }
    return this.#caused.nextNs;
  }

  progress(ended: number): void {
    this.parts.onProgress(ended);
  }

  get #knownNs(): Nanoseconds {
    return this.#known === null ? Infinity : this.#known.atNs;
  }

  #arrive(arrival: Arrival): void {
    const sent = this.stream.create(this.#sent, arrival);
    const request = capOutputs(sent, this.parts.maxModelLen);
    if (request !== sent) this.#capped += 1;
    this.#sent += 1;
    const { separates } = this.parts;
    if (request.user !== null)
      this.#unended.set(request.user, separates ? request.outputTokens.length : 1);
    if (!separates) this.#take(request);
    else for (const one of singleSequences(request, this.#requests)) this.#take(one);
  }

  #take(request: Request): void {
    const { facts, serving } = this.parts;
    const { id, arrivalNs, promptTokens, outputTokens } = request;
    this.#requests += 1;
    const group = engine.newcomer(serving, id, arrivalNs, promptTokens, outputTokens[0]!);
    describe(engine, group, request);
    engine.arrive(facts, serving, group);
  }
}

/** Tells the engine what more there is to a request than its lengths. */
export function describe(
  engine: Engine,
  group: number,
  request: Pick<Request, "outputTokens" | "priority" | "user" | "content" | "outputContent">,
): void {
  const { outputTokens, priority, user, content, outputContent } = request;
  for (let index = 1; index < outputTokens.length; index += 1)
    engine.addOutput(group, outputTokens[index]!);
  engine.setSender(group, priority, user ?? NO_USER);
  for (const { contentId, offset, length } of content ?? []) {
    assertIntegers(contentId, offset + length);
    engine.addSegment(group, contentId, offset, length);
  }
  if (outputContent === null) return;
  assertIntegers(outputContent.contentId, outputContent.offset);
  engine.setOutputContent(group, outputContent.contentId, outputContent.offset);
}

/** WebAssembly would take the lower 32 bits of others. */
function assertIntegers(contentId: number, end: number): void {
  assert((contentId | 0) === contentId, "content is named by a 32-bit integer");
  assert((end | 0) === end, "content is too long");
}
