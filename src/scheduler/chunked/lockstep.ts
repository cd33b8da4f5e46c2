import { enlargedIntegers, enlargedNumbers } from "../../core/columns.ts";
import { type Growth, RUN } from "../../core/growth.ts";
import { OrderedLists } from "../../core/ordered-lists.ts";
import { ringLength } from "../../core/ring-bits.ts";
import type { Tokens } from "../../request.ts";
import { Openers } from "./openers.ts";

const FIRST_CAPACITY = 64;
const NOWHERE = -1;
const { STEP, BITS } = RUN;

/**
 * The requests that decode in lockstep, by handle. Every step writes a token of each, so what they have written is a base plus a common
 * tick; one opens its next block at every tick of one residue class, having filled the one before a tick earlier. So only those with
 * something due at a tick are ever visited, in order of admission.
 */
export class Lockstep {
  /** Steps that have ended. */
  tick = 0;
  size = 0;
  /** Σ over requests of the tokens they have written. */
  contextTokens: Tokens = 0;
  /** Who opens a block at which ticks: they fill the one before with their token of the tick before. */
  readonly openers: Openers;
  private readonly blockSize: Tokens;
  /** By the tick of the last token, on a ring of lists. */
  private readonly ending: OrderedLists;
  /** By the tick at which a last block is opened, on a ring: its tokens that will not be needed. */
  private readonly unneeded: Int32Array;
  private readonly ringMask: number;
  /** By handle: the place in the order of admission. */
  orders = new Float64Array(FIRST_CAPACITY);
  /** By handle: tokens written less the tick, the tick of the last token, and the residue class. */
  #bases = new Float64Array(FIRST_CAPACITY);
  #lastTicks = new Float64Array(FIRST_CAPACITY);
  #classes = new Int32Array(FIRST_CAPACITY).fill(NOWHERE);

  /** `maxTokens`: no request decodes more. */
  constructor(blockSize: Tokens, maxTokens: Tokens) {
    const ring = ringLength(maxTokens + blockSize + 2);
    this.blockSize = blockSize;
    this.openers = new Openers(blockSize);
    this.ending = new OrderedLists(ring);
    this.unneeded = new Int32Array(ring);
    this.ringMask = ring - 1;
  }

  /** Takes in a request that has written `written` tokens and will say `left` ≥ 1 more. */
  add(handle: number, order: number, written: Tokens, left: Tokens): void {
    if (handle >= this.#bases.length) this.#enlarge(handle);
    const lastTick = this.tick + left - 1;
    const difference = (this.tick % this.blockSize) - (written % this.blockSize);
    const openerClass = difference < 0 ? difference + this.blockSize : difference;
    this.#bases[handle] = written - this.tick;
    this.#lastTicks[handle] = lastTick;
    this.#classes[handle] = openerClass;
    this.orders[handle] = order;
    this.openers.insert(openerClass, handle, this.orders);
    this.ending.insert(lastTick & this.ringMask, handle, order);
    this.#countUnneeded(handle, 1);
    this.size += 1;
    this.contextTokens += written;
  }

  remove(handle: number): void {
    const openerClass = this.#classes[handle]!;
    this.openers.remove(openerClass, handle, 1);
    this.#countUnneeded(handle, -1);
    this.#classes[handle] = NOWHERE;
    this.ending.remove(handle);
    this.size -= 1;
    this.contextTokens -= this.written(handle);
  }

  has(handle: number): boolean {
    return handle < this.#classes.length && this.#classes[handle] !== NOWHERE;
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

  /** How many of the next `ticks` ticks from `from` on pass before more than `blocks` blocks would have been opened. */
  ticksWithin(blocks: number, from: number, ticks: number): number {
    return this.openers.ticksWithin(blocks, from, ticks, this.size);
  }

  /** The first of those whose last token came in the step that just ended; −1 without one. */
  get ended(): number {
    return this.ending.first((this.tick - 1) & this.ringMask);
  }

  /** The next one behind one that {@link ended} gave. */
  endedAfter(handle: number): number {
    return this.ending.after(handle);
  }

  /** Steps from now on, this one included, at whose end somebody may end. */
  ticksToEnd(): number {
    return this.ending.distance(this.tick & this.ringMask) + 1;
  }

  /** Adds to `growth` who opens blocks in the next `steps` steps, this one included, and what of these will not be needed. */
  gather(growth: Growth, steps: number): void {
    this.openers.gather(growth, this.tick, this.tick + steps, 0);
    const { runs, count } = growth;
    for (let run = 0; run < count; run += 1) {
      const step = runs[(run << BITS) | STEP]!;
      const unneeded = this.unneeded[(this.tick + step) & this.ringMask]!;
      if (unneeded > 0) growth.lose(step, unneeded);
    }
  }

  /** Counts, or takes away, what a request leaves of its last block, at the tick at which it opens that. */
  #countUnneeded(handle: number, sign: 1 | -1): void {
    const base = this.#bases[handle]!;
    // A number of tokens: as a 32-bit integer it is divided as one.
    const final = (base + this.#lastTicks[handle]! + 1) | 0;
    const inLastBlock = final % this.blockSize;
    if (inLastBlock === 0) return;
    const opensLast = final - inLastBlock - base;
    this.unneeded[opensLast & this.ringMask]! += sign * (this.blockSize - inLastBlock);
  }

  #enlarge(handle: number): void {
    const before = this.#bases.length;
    const length = Math.max(handle + 1, 2 * before);
    this.orders = enlargedNumbers(this.orders, length);
    this.#bases = enlargedNumbers(this.#bases, length);
    this.#lastTicks = enlargedNumbers(this.#lastTicks, length);
    this.#classes = enlargedIntegers(this.#classes, length).fill(NOWHERE, before);
  }
}
