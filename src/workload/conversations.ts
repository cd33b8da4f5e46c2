import type { ConversationsConfig, LengthsConfig, PrefixConfig } from "../config/config.ts";
import { assert } from "../core/assert.ts";
import type { Sampler } from "../core/distributions.ts";
import { type Random, randomStream } from "../core/random.ts";
import { type Nanoseconds, secondsToNanoseconds } from "../core/time.ts";
import type { Request, Segment, Tokens } from "../request.ts";
import { lengthsSampler, turnsSampler } from "./lengths.ts";
import { type Limits, OpenArrivals, requireSimulable, type Times } from "./open-stream.ts";
import type { RequestLengths } from "./request-lengths.ts";
import { systemPrompts } from "./system-prompts.ts";
import { thinkTimes } from "./think-times.ts";
import type { Arrival, RequestStream } from "./workload.ts";

/** What conversations are made from. */
export interface ConversationParts {
  readonly seed: number;
  /** When conversations begin. */
  readonly times: Times;
  /** Of messages and answers. */
  readonly lengths: LengthsConfig;
  /** Sequences per request. */
  readonly n: number;
  readonly prefix: PrefixConfig & { readonly conversations: ConversationsConfig };
  /** Counts every turn. */
  readonly limits: Limits;
  readonly maxModelLen: Tokens;
}

/** A conversation that has begun and not ended. */
interface Conversation {
  readonly contentId: number;
  readonly system: readonly Segment[];
  readonly lengths: Random;
  readonly think: Sampler;
  turnsLeft: number;
  /** What was said after the system prompt. */
  saidTokens: Tokens;
  /** The message that comes next, and the answers to it. */
  next: RequestLengths;
}

/**
 * Conversations (docs/model.md, Prompts that share content). Each draws in streams of its own name, so that it is the same whatever
 * others do and whenever its turns are served; `user` is its number. Only those that go on are kept.
 */
export class Conversations implements RequestStream {
  readonly foreseeable = null;
  private readonly parts: ConversationParts;
  private readonly beginnings: OpenArrivals;
  private readonly system: (random: Random) => readonly Segment[];
  private readonly turns: (random: Random) => number;
  private readonly lengths: (random: Random) => RequestLengths;
  readonly #live = new Map<number, Conversation>();
  #begun = 0;
  #sent = 0;
  #created = 0;

  constructor(parts: ConversationParts) {
    this.parts = parts;
    const { prefix, lengths, limits, n } = parts;
    this.beginnings = new OpenArrivals(parts.times, { ...limits, requests: Infinity });
    this.system = fromAny((random) => systemPrompts(random, prefix));
    this.turns = fromAny((random) => turnsSampler(random, prefix.conversations.turns));
    this.lengths = fromAny((random) => {
      const draw = lengthsSampler(random, lengths);
      return () => draw(n);
    });
  }

  nextArrival(): Arrival | null {
    if (this.#sent >= this.parts.limits.requests) return null;
    const first = this.beginnings.next();
    if (first === null) return null;
    this.#sent += 1;
    return { atNs: first.atNs, user: this.#begun++ };
  }

  nextOfUser(user: number, nowNs: Nanoseconds): Nanoseconds | null {
    const conversation = this.#live.get(user);
    assert(conversation !== undefined, "an answer in a conversation that has ended");
    const atNs = this.#nextTurn(conversation, nowNs);
    if (atNs === null) this.#live.delete(user);
    else this.#sent += 1;
    return atNs;
  }

  create(id: number, { atNs, user }: Arrival): Request {
    assert(id === this.#created++, "a request is created out of order");
    const conversation = this.#live.get(user!) ?? this.#begin(user!);
    const { contentId, system, next } = conversation;
    const length = conversation.saidTokens + next.promptTokens;
    conversation.saidTokens = length + next.outputTokens[0]!;
    conversation.turnsLeft -= 1;
    return {
      id,
      arrivalNs: atNs,
      promptTokens: this.parts.prefix.sharedTokens + length,
      outputTokens: next.outputTokens,
      priority: 0,
      content: [...system, { contentId, offset: 0, length }],
      outputContent: { contentId, offset: length },
      user,
    };
  }

  #begin(user: number): Conversation {
    const { seed, prefix } = this.parts;
    const name = (kind: string): string => `conversation/${user}/${kind}`;
    const lengths = randomStream(seed, name("lengths"));
    const conversation = {
      contentId: prefix.pool + user,
      system: this.system(randomStream(seed, name("system"))),
      lengths,
      think: thinkTimes(seed, name("think"), prefix.conversations.thinkSeconds),
      turnsLeft: this.turns(randomStream(seed, name("turns"))),
      saidTokens: 0,
      next: this.lengths(lengths),
    };
    this.#live.set(user, conversation);
    return conversation;
  }

  /** When the next turn comes; null after the last, at a prompt that the model could not take, and beyond the limits. */
  #nextTurn(conversation: Conversation, nowNs: Nanoseconds): Nanoseconds | null {
    const { prefix, limits, maxModelLen } = this.parts;
    if (conversation.turnsLeft === 0 || this.#sent >= limits.requests) return null;
    conversation.next = this.lengths(conversation.lengths);
    const ownTokens = conversation.saidTokens + conversation.next.promptTokens;
    if (prefix.sharedTokens + ownTokens >= maxModelLen) return null;
    const atNs = nowNs + secondsToNanoseconds(conversation.think());
    if (limits.durationNs !== null && atNs > limits.durationNs) return null;
    requireSimulable(atNs, this.#sent);
    return atNs;
  }
}

/** A sampler whose tables are made once, and that is told at every draw which stream to draw from. */
function fromAny<T>(make: (random: Random) => () => T): (random: Random) => T {
  let source: Random = () => 0;
  const draw = make(() => source());
  return (random) => {
    source = random;
    return draw();
  };
}
