/** No slot. */
const NONE: i32 = -1;

const SLOTS_AT_FIRST: i32 = 256;

/**
 * Positive integers by 32-bit hashes, several of one hash allowed: open addressing with linear probing, at most half full. It
 * knows nothing of what makes two of them equal; whoever looks one up compares the candidates.
 */
@final
export class HashTable {
  /** Hash and integer of each slot; the integer 0 marks an empty one. */
  private slots: StaticArray<i32> = new StaticArray<i32>(2 * SLOTS_AT_FIRST);
  private mask: i32 = SLOTS_AT_FIRST - 1;
  private size: i32 = 0;

  /** The first slot with this hash, at or after `from` in probing order (start with the hash itself); negative if there is none. */
  seek(hash: i32, from: i32): i32 {
    const slots = this.slots;
    const mask = this.mask;
    for (let slot = from & mask; slots[2 * slot + 1] !== 0; slot = (slot + 1) & mask) {
      if (slots[2 * slot] === hash) return slot;
    }
    return NONE;
  }

  @inline
  at(slot: i32): i32 {
    return this.slots[2 * slot + 1];
  }

  add(hash: i32, value: i32): void {
    this.size += 1;
    if (4 * this.size > this.slots.length) this.grow();
    this.place(hash, value);
  }

  /** Removes an integer that is in the table under this hash. */
  remove(hash: i32, value: i32): void {
    const slots = this.slots;
    const mask = this.mask;
    let slot = hash & mask;
    while (slots[2 * slot + 1] !== value) slot = (slot + 1) & mask;
    this.vacate(slot);
    this.size -= 1;
  }

  /** Empties a slot and moves up what was displaced past it, so that no search stops too early. */
  private vacate(slot: i32): void {
    const slots = this.slots;
    const mask = this.mask;
    let hole = slot;
    for (let next = (hole + 1) & mask; slots[2 * next + 1] !== 0; next = (next + 1) & mask) {
      const displacement = (next - slots[2 * next]) & mask;
      if (displacement < ((next - hole) & mask)) continue;
      slots[2 * hole] = slots[2 * next];
      slots[2 * hole + 1] = slots[2 * next + 1];
      hole = next;
    }
    slots[2 * hole + 1] = 0;
  }

  private place(hash: i32, value: i32): void {
    const slots = this.slots;
    const mask = this.mask;
    let slot = hash & mask;
    while (slots[2 * slot + 1] !== 0) slot = (slot + 1) & mask;
    slots[2 * slot] = hash;
    slots[2 * slot + 1] = value;
  }

  private grow(): void {
    const old = this.slots;
    this.slots = new StaticArray<i32>(2 * old.length);
    this.mask = old.length - 1;
    for (let slot = 0; slot < old.length; slot += 2) {
      if (old[slot + 1] !== 0) this.place(old[slot], old[slot + 1]);
    }
  }
}
