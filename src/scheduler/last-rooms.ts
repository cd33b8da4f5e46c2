import { finalTokens, type SequenceGroup, type Slots, type Tokens } from "../request.ts";

/** What running sequences will not need of the last rooms that they are given, by the tick at which that is. */
export class LastRooms {
  readonly #roomSlots: Slots;
  /** On a ring by tick: how many of the slots that are yet to be given then will never be written. */
  readonly #unneeded: Int32Array;

  /** `roomSlots`: what a sequence is given at a time. `ring`: a power of two above the ticks that anybody runs. */
  constructor(roomSlots: Slots, ring: number) {
    this.#roomSlots = roomSlots;
    this.#unneeded = new Int32Array(roomSlots === 0 ? 0 : ring);
  }

  /** Notes, or takes back, what a group's sequences will not need of rooms that they have yet to be given, `written` tokens in each. */
  foresee(group: SequenceGroup, written: Tokens, sign: 1 | -1): void {
    for (let index = 0; index < group.live; index += 1) {
      const tick = this.#tick(group, index);
      if (group.writtenBase + tick >= written)
        this.#unneeded[this.#onRing(tick)]! += sign * this.#slots(group, index);
    }
  }

  /** Takes what all who are given their last rooms at a tick will not need of them. */
  takeUnneeded(tick: number): Slots {
    const place = this.#onRing(tick);
    const unneeded = this.#unneeded[place]!;
    if (unneeded > 0) this.#unneeded[place] = 0;
    return unneeded;
  }

  /** What one group alone will not need of what it is given at a tick. */
  unneededBy(group: SequenceGroup, tick: number): Slots {
    let unneeded = 0;
    for (let index = 0; index < group.live; index += 1)
      if (this.#tick(group, index) === tick) unneeded += this.#slots(group, index);
    return unneeded;
  }

  /** When a sequence of a group is given its last room; one whose last token fills a room has none with slots to spare. */
  #tick({ promptTokens, outputs, writtenBase }: SequenceGroup, index: number): number {
    const final = finalTokens(promptTokens, outputs[index]!);
    return final - (final % this.#roomSlots) - writtenBase;
  }

  /** Slots of that room that it will not need. */
  #slots({ promptTokens, outputs }: SequenceGroup, index: number): Slots {
    const used = finalTokens(promptTokens, outputs[index]!) % this.#roomSlots;
    return used === 0 ? 0 : this.#roomSlots - used;
  }

  #onRing(tick: number): number {
    return tick & (this.#unneeded.length - 1);
  }
}
