import { enlarged, nextPowerOfTwo } from "../core/columns";
import { Digest } from "../core/digest";
import { Group } from "../request";
import { Allocator, HOLE, NEVER, TOTAL } from "./allocator";
import { Layout } from "./layout";
import { Placement } from "./placement/placement";

/** How much is held for a sequence for its whole life (Kwon et al., SOSP'23, §6.1). */
export const MAX: i32 = 0;
export const POW2: i32 = 1;
export const ORACLE: i32 = 2;

/** Columns of a chunk's row; `HELD` is 0 where a sequence has no chunk. */
export const ADDRESS: i32 = 0;
export const ASKED: i32 = 1;
export const HELD: i32 = 2;
export const COLUMNS: i32 = 3;

/**
 * One chunk per sequence for its whole life, at a real address, as serving systems before PagedAttention held KV
 * (Kwon et al., SOSP'23, §3.1). All chunks of a group are placed at admission; each is given back by itself.
 */
@final
export class ContiguousAllocator extends Allocator {
  readonly placement: Placement;
  /** By sequence. */
  chunks: StaticArray<i32> = new StaticArray<i32>(64 * COLUMNS);
  private readonly reserve: i32;
  private readonly maxModelLen: i32;
  private readonly placements: Digest;
  private sizes: StaticArray<i32> = new StaticArray<i32>(16);
  private addresses: StaticArray<i32> = new StaticArray<i32>(16);

  constructor(placement: Placement, reserve: i32, maxModelLen: i32, placements: Digest) {
    super(placement, 1);
    this.placement = placement;
    this.slots = placement.freeCount;
    this.hasHoles = true;
    this.reserve = reserve;
    this.maxModelLen = maxModelLen;
    this.placements = placements;
  }

  admit(group: Group): bool {
    const count = group.live;
    this.measure(group);
    if (!this.placement.placeAll(this.sizes, count, this.addresses)) return this.refuse(count);
    let roomTokens = i32.MAX_VALUE;
    for (let index = 0; index < count; index += 1) {
      const asked = this.sizes[index];
      this.open(group.sequences[index], this.addresses[index], asked);
      this.placements.add(this.addresses[index]);
      roomTokens = min(roomTokens, asked);
    }
    return this.answer.grant(roomTokens, 0);
  }

  grow(group: Group, tokens: i32): bool {
    this.grantRoom(group, 0);
    assert(tokens <= this.answer.roomTokens, "a group writes more tokens than it has reserved");
    return true;
  }

  fork(group: Group, tokens: i32): void {
    this.grantRoom(group, tokens * (group.live - 1));
  }

  release(sequence: i32): void {
    const chunk = this.chunkOf(sequence);
    this.chunks[chunk + HELD] = 0;
    this.placement.release(this.chunks[chunk + ADDRESS], this.chunks[chunk + ASKED]);
  }

  wouldNever(group: Group): bool {
    this.measure(group);
    if (this.need(group.live) <= this.slots) return false;
    this.refuse(group.live);
    return true;
  }

  extend(_sequences: StaticArray<i32>, _runs: StaticArray<i32>, _from: i32, _until: i32): void {
    assert(false, "a reservation is extended");
  }

  swapOut(_group: Group): bool {
    assert(false, "reservations are not swapped");
    return false;
  }

  swapIn(_group: Group): bool {
    assert(false, "reservations are not swapped");
    return false;
  }

  wouldNeverReturn(_group: Group): bool {
    return false;
  }

  largestHole(): i32 {
    return this.placement.largestHole();
  }

  holds(sequence: i32): bool {
    const chunk = sequence * COLUMNS;
    return chunk < this.chunks.length && this.chunks[chunk + HELD] !== 0;
  }

  held(sequence: i32): i32 {
    return this.chunks[sequence * COLUMNS + HELD];
  }

  asked(sequence: i32): i32 {
    return this.chunks[sequence * COLUMNS + ASKED];
  }

  shared(_sequence: i32): i32 {
    return 0;
  }

  describe(layout: Layout): void {
    const pool = layout.gpu;
    pool.clear(this.slots);
    for (let chunk = 0; chunk < this.chunks.length; chunk += COLUMNS) {
      if (this.chunks[chunk + HELD] === 0) continue;
      pool.held.add(this.chunks[chunk + ADDRESS], this.chunks[chunk + HELD]);
      pool.close(chunk / COLUMNS);
    }
    this.placement.describe(layout);
  }

  /** Slots that a sequence asks for at admission, once for its whole life: the only code besides metrics that sees O. */
  private reservation(promptTokens: i32, outputTokens: i32): i32 {
    if (this.reserve === MAX) return this.maxModelLen;
    if (this.reserve === ORACLE) return promptTokens + outputTokens - 1;
    return min(promptTokens + nextPowerOfTwo(outputTokens), this.maxModelLen);
  }

  /** Works out what the sequences of a group ask for. */
  private measure(group: Group): void {
    if (group.live > this.sizes.length) {
      this.sizes = new StaticArray<i32>(2 * group.live);
      this.addresses = new StaticArray<i32>(2 * group.live);
    }
    for (let index = 0; index < group.live; index += 1)
      this.sizes[index] = this.reservation(group.promptTokens, group.outputs[index]);
  }

  private open(sequence: i32, address: i32, asked: i32): void {
    const chunk = sequence * COLUMNS;
    if (chunk >= this.chunks.length) this.chunks = enlarged(this.chunks, 2 * (chunk + COLUMNS));
    assert(this.chunks[chunk + HELD] === 0, "a sequence is admitted twice");
    this.chunks[chunk + ADDRESS] = address;
    this.chunks[chunk + ASKED] = asked;
    this.chunks[chunk + HELD] = this.placement.chunkSlots(asked);
  }

  private chunkOf(sequence: i32): i32 {
    assert(this.holds(sequence), "a sequence has no chunk");
    return sequence * COLUMNS;
  }

  private grantRoom(group: Group, copiedTokens: i32): void {
    let roomTokens = i32.MAX_VALUE;
    for (let index = 0; index < group.live; index += 1)
      roomTokens = min(roomTokens, this.chunks[this.chunkOf(group.sequences[index]) + ASKED]);
    this.answer.grant(roomTokens, copiedTokens);
  }

  private need(count: i32): i64 {
    let need: i64 = 0;
    for (let index = 0; index < count; index += 1)
      need += this.placement.chunkSlots(this.sizes[index]);
    return need;
  }

  /** An empty pool takes whatever fits in total (see {@link Placement}), so the sums alone tell the reason. */
  private refuse(count: i32): bool {
    const need = this.need(count);
    const free = this.placement.freeCount;
    const reason = need > this.slots ? NEVER : need > free ? TOTAL : HOLE;
    return this.answer.refuse(reason, <f64>need, free, this.placement.largestHole(), this.slots);
  }
}
