import { OrderedLists } from "../../core/ordered-lists.ts";
import type { Tokens } from "../../request.ts";

/**
 * The requests that decode in lockstep, by handle. Every step writes a token of each, so what they have written is a base plus a common
 * tick; one opens its next block at every tick of one residue class, having filled the one before a tick earlier. So only those with
 * something due at a tick are ever visited. Lists are in order of admission.
 */
export class Lockstep {
  /** Steps that have ended. */
  tick = 0;
  size = 0;
  /** Σ over requests of the tokens they have written. */
  contextTokens: Tokens = 0;
  readonly #blockSize: Tokens;
  /** No request here was admitted later than this one. */
  latest = -1;
  /** By tick modulo the block size. */
  readonly #opening: OrderedLists;
  readonly #openings: Int32Array;
  /** By the tick of the last token, on a ring of lists. */
  readonly #ending: OrderedLists;
  readonly #endMask: number;
  /** By handle: tokens written less the tick, and the tick of the last token. */
  #bases = new Float64Array(64);
  #lastTicks = new Float64Array(64);

  /** `maxTokens`: no request decodes more. */
  constructor(blockSize: Tokens, maxTokens: Tokens) {
    let ring = 32;
    while (ring < maxTokens + 2) ring *= 2;
    this.#blockSize = blockSize;
    this.#opening = new OrderedLists(blockSize);
    this.#openings = new Int32Array(blockSize);
    this.#ending = new OrderedLists(ring);
    this.#endMask = ring - 1;
  }

  /** Takes in a request that has written `written` tokens and will say `left` ≥ 1 more. */
  add(handle: number, order: number, written: Tokens, left: Tokens): void {
    if (handle >= this.#bases.length) this.#enlarge(handle);
    const base = written - this.tick;
    const residue = base % this.#blockSize;
    const list = residue > 0 ? this.#blockSize - residue : 0 - residue;
    const lastTick = this.tick + left - 1;
    this.#bases[handle] = base;
    this.#lastTicks[handle] = lastTick;
    if (order > this.latest) this.latest = order;
    this.#opening.insert(list, handle, order);
    this.#openings[list]! += 1;
    this.#ending.insert(lastTick & this.#endMask, handle, order);
    this.size += 1;
    this.contextTokens += written;
  }

  remove(handle: number): void {
    this.#openings[this.#opening.listOf(handle)]! -= 1;
    this.#opening.remove(handle);
    this.#ending.remove(handle);
    this.size -= 1;
    this.contextTokens -= this.written(handle);
  }

  has(handle: number): boolean {
    return this.#opening.listOf(handle) >= 0;
  }

  /** c: tokens written by now. */
  written(handle: number): Tokens {
    return this.#bases[handle]! + this.tick;
  }

  /** Tokens that it has yet to say. */
  left(handle: number): Tokens {
    return this.#lastTicks[handle]! - this.tick + 1;
  }

  /** Ends `steps` steps. */
  advance(steps: number): void {
    this.tick += steps;
    this.contextTokens += steps * this.size;
  }

  /** The first, after the order `after`, that needs a block before its token of a tick; −1 without one. */
  opening(tick: number, after: number): number {
    return this.#opening.firstAbove(tick % this.#blockSize, after);
  }

  /** How many need a block before their token of a tick. */
  openings(tick: number): number {
    return this.#openings[tick % this.#blockSize]!;
  }

  /** The next one in the list of one that {@link opening} gave. */
  openingAfter(handle: number): number {
    return this.#opening.after(handle);
  }

  /** Its place among all admissions. */
  order(handle: number): number {
    return this.#opening.key(handle);
  }

  /** The first of those whose last token came in the step that just ended; −1 without one. */
  get ended(): number {
    return this.#ending.first((this.tick - 1) & this.#endMask);
  }

  /** The next one behind one that {@link ended} gave. */
  endedAfter(handle: number): number {
    return this.#ending.after(handle);
  }

  /** Steps from now on, this one included, at whose end somebody may end. */
  ticksToEnd(): number {
    return this.#ending.distance(this.tick & this.#endMask) + 1;
  }

  /** How many of the next `ticks` ticks from `from` on pass before more than `blocks` blocks would have been opened. */
  ticksWithin(blocks: number, from: number, ticks: number): number {
    const size = this.#blockSize;
    if (Math.ceil(ticks / size) * this.size <= blocks) return ticks;
    let left = blocks;
    for (let passed = 0; passed < ticks; passed += 1) {
      left -= this.#openings[(from + passed) % size]!;
      if (left < 0) return passed;
    }
    return ticks;
  }

  /** The next tick from `tick` on at which somebody opens a block; Infinity if nobody does. */
  nextOpening(tick: number): number {
    return tick + this.#opening.distance(tick % this.#blockSize);
  }

  /** Tokens of the block that a request opens at `tick` which it will not need. */
  unneeded(handle: number, tick: number): Tokens {
    const spare = this.#blockSize - (this.#lastTicks[handle]! - tick + 1);
    return spare > 0 ? spare : 0;
  }

  #enlarge(handle: number): void {
    const capacity = Math.max(handle + 1, 2 * this.#bases.length);
    const copy = (from: Float64Array): Float64Array<ArrayBuffer> => {
      const to = new Float64Array(capacity);
      to.set(from);
      return to;
    };
    this.#bases = copy(this.#bases);
    this.#lastTicks = copy(this.#lastTicks);
  }
}
