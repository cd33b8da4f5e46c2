import { enlarged } from "../../core/columns";
import { BITS, Growth, STEP } from "../../core/growth";
import { OrderedLists } from "../../core/ordered-lists";
import { ringLength } from "../../core/ring-bits";
import { MANY_TICKS, ticksToForget } from "../../core/ticks";
import { Openers } from "./openers";

const FIRST_CAPACITY: i32 = 64;
const NOWHERE: i32 = -1;

/**
 * The requests that decode in lockstep, by handle. Every step writes a token of each, so what they have written is a base plus a common
 * tick; one opens its next block at every tick of one residue class, having filled the one before a tick earlier. So only those with
 * something due at a tick are ever visited, in order of admission.
 */
@final
export class Lockstep {
  /** Steps that have ended, but for those that nobody needs to know of any more. */
  tick: i32 = 0;
  size: i32 = 0;
  /** Σ over requests of the tokens they have written. */
  contextTokens: f64 = 0;
  /** Who opens a block at which ticks: they fill the one before with their token of the tick before. */
  readonly openers: Openers;
  private readonly blockSize: i32;
  /** By the tick of the last token, on a ring of lists. */
  private readonly ending: OrderedLists;
  /** By the tick at which a last block is opened, on a ring: its tokens that will not be needed. */
  private readonly unneeded: StaticArray<i32>;
  private readonly ringMask: i32;
  /** By handle: the place in the order of admission. */
  orders: StaticArray<i32> = new StaticArray<i32>(FIRST_CAPACITY);
  /** By handle: tokens written less the tick, the tick of the last token, and the residue class. */
  private bases: StaticArray<i32> = new StaticArray<i32>(FIRST_CAPACITY);
  private lastTicks: StaticArray<i32> = new StaticArray<i32>(FIRST_CAPACITY);
  private classes: StaticArray<i32> = new StaticArray<i32>(FIRST_CAPACITY);

  /** `maxTokens`: no request decodes more. */
  constructor(blockSize: i32, maxTokens: i32) {
    const ring = ringLength(maxTokens + blockSize + 2);
    this.blockSize = blockSize;
    this.openers = new Openers(blockSize);
    this.ending = new OrderedLists(ring);
    this.unneeded = new StaticArray<i32>(ring);
    this.ringMask = ring - 1;
    this.classes.fill(NOWHERE);
  }

  /** Takes in a request that has written `written` tokens and will say `left` ≥ 1 more. */
  add(handle: i32, order: i32, written: i32, left: i32): void {
    if (handle >= this.bases.length) this.enlarge(handle);
    const tick = this.tick;
    const blockSize = this.blockSize;
    const lastTick = tick + left - 1;
    const difference = (tick % blockSize) - (written % blockSize);
    const openerClass = difference < 0 ? difference + blockSize : difference;
    this.bases[handle] = written - tick;
    this.lastTicks[handle] = lastTick;
    this.classes[handle] = openerClass;
    this.orders[handle] = order;
    this.openers.insert(openerClass, handle, this.orders);
    this.ending.insert(lastTick & this.ringMask, handle, order);
    this.countUnneeded(handle, 1);
    this.size += 1;
    this.contextTokens += written;
  }

  remove(handle: i32): void {
    const openerClass = this.classes[handle];
    this.openers.remove(openerClass, handle, 1);
    this.countUnneeded(handle, -1);
    this.classes[handle] = NOWHERE;
    this.ending.remove(handle);
    this.size -= 1;
    this.contextTokens -= this.written(handle);
  }

  @inline
  has(handle: i32): bool {
    return handle < this.classes.length && this.classes[handle] !== NOWHERE;
  }

  /** c: tokens written by now. */
  @inline
  written(handle: i32): i32 {
    return this.bases[handle] + this.tick;
  }

  /** Tokens that it has yet to say. */
  @inline
  left(handle: i32): i32 {
    return this.lastTicks[handle] - this.tick + 1;
  }

  /** Ends `steps` steps. */
  @inline
  advance(steps: i32): void {
    this.tick += steps;
    this.contextTokens += <f64>steps * <f64>this.size;
    if (this.tick >= MANY_TICKS) this.forgetTicks();
  }

  /** How many of the next `ticks` ticks from `from` on pass before more than `blocks` blocks would have been opened. */
  @inline
  ticksWithin(blocks: i32, from: i32, ticks: i32): i32 {
    return this.openers.ticksWithin(blocks, from, ticks, this.size);
  }

  /** The first of those whose last token came in the step that just ended; negative without one. */
  @inline
  get ended(): i32 {
    return this.ending.first((this.tick - 1) & this.ringMask);
  }

  /** The next one behind one that {@link ended} gave. */
  @inline
  endedAfter(handle: i32): i32 {
    return this.ending.after(handle);
  }

  /** Steps from now on, this one included, at whose end somebody may end. */
  @inline
  ticksToEnd(): i32 {
    return this.ending.distance(this.tick & this.ringMask) + 1;
  }

  /** Adds to `growth` who opens blocks in the next `steps` steps, this one included, and what of these will not be needed. */
  gather(growth: Growth, steps: i32): void {
    const tick = this.tick;
    this.openers.gather(growth, tick, tick + steps, 0);
    const runs = growth.runs;
    const column = this.unneeded;
    const mask = this.ringMask;
    const end = growth.count << BITS;
    for (let run = 0; run < end; run += 1 << BITS) {
      const step = runs[run + STEP];
      const unneeded = column[(tick + step) & mask];
      if (unneeded > 0) growth.lose(step, unneeded);
    }
  }

  /** Counts, or takes away, what a request leaves of its last block, at the tick at which it opens that. */
  private countUnneeded(handle: i32, sign: i32): void {
    const base = this.bases[handle];
    const final = base + this.lastTicks[handle] + 1;
    const inLastBlock = final % this.blockSize;
    if (inLastBlock === 0) return;
    const opensLast = final - inLastBlock - base;
    this.unneeded[opensLast & this.ringMask] += sign * (this.blockSize - inLastBlock);
  }

  private forgetTicks(): void {
    const forgotten = ticksToForget(this.tick, this.ringMask + 1, this.blockSize);
    this.tick -= forgotten;
    for (let handle = 0; handle < this.classes.length; handle += 1) {
      if (!this.has(handle)) continue;
      this.bases[handle] += forgotten;
      this.lastTicks[handle] -= forgotten;
    }
  }

  private enlarge(handle: i32): void {
    const before = this.bases.length;
    const length = max(handle + 1, 2 * before);
    this.orders = enlarged(this.orders, length);
    this.bases = enlarged(this.bases, length);
    this.lastTicks = enlarged(this.lastTicks, length);
    const classes = enlarged(this.classes, length);
    classes.fill(NOWHERE, before);
    this.classes = classes;
  }
}
