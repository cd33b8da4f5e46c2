import type { Growth } from "../core/growth.ts";
import { RingBits } from "../core/ring-bits.ts";
import { finalTokens, type SequenceGroup, type Slots, type Tokens } from "../request.ts";

/** What running sequences will not need of the last rooms that they are given, by the tick at which that is. */
export class LastRooms {
  private readonly roomSlots: Slots;
  /** On a ring by tick: how many of the slots that are yet to be given then will never be written. */
  private readonly unneeded: Int32Array;
  /** Where on the ring there may be some. */
  private readonly occupied: RingBits;

  /** `roomSlots`: what a sequence is given at a time. `ring`: a power of two above the ticks that anybody runs. */
  constructor(roomSlots: Slots, ring: number) {
    this.roomSlots = roomSlots;
    this.unneeded = new Int32Array(ring);
    this.occupied = new RingBits(ring);
  }

  /** Notes, or takes back, what a group's sequences will not need of rooms that they have yet to be given, `written` tokens in each. */
  foresee(group: SequenceGroup, written: Tokens, sign: 1 | -1): void {
    for (let index = 0; index < group.live; index += 1) {
      const tick = this.#tick(group, index);
      const slots = this.#slots(group, index);
      if (slots === 0 || group.writtenBase + tick < written) continue;
      const place = this.#onRing(tick);
      this.unneeded[place]! += sign * slots;
      this.occupied.set(place);
    }
  }

  /**
   * Takes what is not needed of the last rooms that are given at the ticks from `from` to before `until`, and tells `growth` of it; `from` is
   * its step `firstStep`.
   */
  take(growth: Growth, from: number, until: number, firstStep: number): void {
    for (let tick = this.#next(from, until); tick < until; tick = this.#next(tick + 1, until)) {
      const unneeded = this.unneeded[this.#onRing(tick)]!;
      if (unneeded > 0) growth.lose(firstStep + tick - from, unneeded);
      this.forget(tick);
    }
  }

  /** A tick is over. */
  forget(tick: number): void {
    const place = this.#onRing(tick);
    this.unneeded[place] = 0;
    this.occupied.clear(place);
  }

  /** What one group alone will not need of what it is given at a tick. */
  unneededBy(group: SequenceGroup, tick: number): Slots {
    let unneeded = 0;
    for (let index = 0; index < group.live; index += 1)
      if (this.#tick(group, index) === tick) unneeded += this.#slots(group, index);
    return unneeded;
  }

  /** When a sequence of a group is given its last room, if its last token does not fill one. */
  #tick({ promptTokens, outputs, writtenBase }: SequenceGroup, index: number): number {
    const final = finalTokens(promptTokens, outputs[index]!);
    return final - (final % this.roomSlots) - writtenBase;
  }

  /** Slots of that room that it will not need. */
  #slots({ promptTokens, outputs }: SequenceGroup, index: number): Slots {
    const used = finalTokens(promptTokens, outputs[index]!) % this.roomSlots;
    return used === 0 ? 0 : this.roomSlots - used;
  }

  /** The first tick from `tick` to before `until` at which something is not needed; `until` or a later one where nothing is. */
  #next(tick: number, until: number): number {
    return tick + this.occupied.distance(this.#onRing(tick), until - tick);
  }

  #onRing(tick: number): number {
    return tick & (this.unneeded.length - 1);
  }
}
