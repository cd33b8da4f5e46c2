import { enlarged } from "../core/columns";
import { Digest } from "../core/digest";
import { Group } from "../request";
import { Allocator, NEVER, TOTAL, WATERMARK } from "./allocator";
import { BlockPool } from "./block-pool";
import { BlockTables } from "./block-tables";
import { Layout } from "./layout";
import { CPU, GPU } from "./table-rows";

/**
 * vLLM V0's paged allocator (v0.2.0, `BlockSpaceManager`): block tables with copy-on-write, a watermark at admission, and swapping; or
 * with `reservedTokens` > 0 tables of that length from admission on (Orca in blocks).
 */
@final
export class PagedAllocator extends Allocator {
  readonly tables: BlockTables;
  private readonly gpu: BlockPool;
  private readonly watermarkBlocks: i32;
  private readonly reservedTokens: i32;
  /** By sequence: leading slots that its group has in common, if it has ever shared any. */
  private commonSlots: StaticArray<i32> = new StaticArray<i32>(64);

  constructor(
    slots: i32,
    swapSlots: i32,
    blockSlots: i32,
    watermarkBlocks: i32,
    reservedTokens: i32,
    windowBlocks: i32,
    placements: Digest,
  ) {
    const blocks = slots / blockSlots;
    const tables = new BlockTables(
      blockSlots,
      blocks,
      swapSlots / blockSlots,
      windowBlocks,
      placements,
    );
    super(tables.gpu, blockSlots);
    this.tables = tables;
    this.gpu = tables.gpu;
    this.slots = slots;
    this.unusable = slots - blocks * blockSlots;
    this.growthSlots = reservedTokens > 0 ? 0 : blockSlots;
    this.swaps = reservedTokens === 0;
    this.watermarkBlocks = watermarkBlocks;
    this.reservedTokens = reservedTokens;
  }

  admit(group: Group): bool {
    const entries = this.entriesToAdmit(group);
    const need = this.blocksToAdmit(group, entries);
    if (<i64>this.gpu.freeCount - need < this.watermarkBlocks) return this.refuseShort(need);
    const first = group.sequences[0];
    this.tables.open(first, entries, first, 0);
    if (group.live > 1) this.openFurther(group, entries);
    return this.answer.grant(entries * this.unitSlots, 0);
  }

  grow(group: Group, tokens: i32): bool {
    const first = group.sequences[0];
    if (tokens <= this.reservedTokens)
      return this.answer.grant(this.tables.entries(first) * this.unitSlots, 0);
    // V0's bound: a free block for each sequence that writes, whether or not it needs one.
    if (group.live > this.gpu.freeCount) return this.refuse(TOTAL, group.live);
    const writtenWholeBlocks = ((tokens - 1) / this.unitSlots) * this.unitSlots;
    let copies = 0;
    for (let index = 0; index < group.live; index += 1) {
      const sequence = group.sequences[index];
      if (this.tables.append(sequence, tokens)) copies += 1;
      if (this.tables.hasShared(sequence))
        this.commonSlots[sequence] = min(this.commonSlots[sequence], writtenWholeBlocks);
    }
    const roomTokens = this.tables.entries(first) * this.unitSlots;
    return this.answer.grant(roomTokens, copies * this.unitSlots);
  }

  fork(group: Group, tokens: i32): void {
    const parent = group.sequences[0];
    const entries = this.tables.entries(parent);
    if (this.reservedTokens > 0) {
      this.answer.grant(entries * this.unitSlots, (group.live - 1) * tokens);
      return;
    }
    for (let index = 1; index < group.live; index += 1)
      this.tables.fork(parent, group.sequences[index], false);
    for (let index = 0; index < group.live; index += 1)
      this.setCommon(group.sequences[index], entries * this.unitSlots);
    this.answer.grant(tokens, 0);
  }

  release(sequence: i32): void {
    this.tables.release(sequence, false);
  }

  wouldNever(group: Group): bool {
    return this.isNever(this.blocksToAdmit(group, this.entriesToAdmit(group)));
  }

  extend(sequences: StaticArray<i32>, runs: StaticArray<i32>, from: i32, until: i32): void {
    this.tables.extend(sequences, runs, from, until);
  }

  holds(sequence: i32): bool {
    return this.tables.place(sequence) === GPU;
  }

  held(sequence: i32): i32 {
    return this.tables.entries(sequence) * this.unitSlots;
  }

  asked(sequence: i32): i32 {
    return this.held(sequence);
  }

  shared(sequence: i32): i32 {
    return this.tables.hasShared(sequence) ? this.commonSlots[sequence] : 0;
  }

  swapOut(group: Group): bool {
    const cpu = this.tables.cpu;
    const need = this.tables.distinctBlocks(group.sequences, group.live);
    if (need > cpu.freeCount) {
      const free = cpu.freeCount * this.unitSlots;
      const pool = cpu.size * this.unitSlots;
      return this.answer.refuse(TOTAL, <f64>need * this.unitSlots, free, free, pool);
    }
    return this.move(group, CPU);
  }

  swapIn(group: Group): bool {
    const need = this.blocksToReturn(group);
    if (<i64>this.gpu.freeCount - need < this.watermarkBlocks) return this.refuseShort(need);
    return this.move(group, GPU);
  }

  wouldNeverReturn(group: Group): bool {
    return this.isNever(this.blocksToReturn(group));
  }

  describe(layout: Layout): void {
    const gpu = this.gpu;
    layout.cellSlots = this.unitSlots;
    this.tables.describe(GPU, layout.gpu);
    this.tables.describe(CPU, layout.cpu);
    gpu.countOwners(layout.ownersOf(gpu.size));
  }

  private move(group: Group, place: i32): bool {
    this.answer.blocks = this.tables.move(group.sequences, group.live, place);
    return this.answer.grant(0, 0);
  }

  /** Its blocks, and one for the next token of each sequence. */
  private blocksToReturn(group: Group): i32 {
    return this.tables.distinctBlocks(group.sequences, group.live) + group.live;
  }

  /** Entries of each table that is opened at admission. */
  @inline
  private entriesToAdmit(group: Group): i32 {
    const reserved = this.reservedTokens;
    return this.tables.entriesFor(reserved > 0 ? reserved : group.knownTokens);
  }

  private blocksToAdmit(group: Group, entries: i32): i64 {
    const sequences = this.reservedTokens > 0 ? group.width : group.forked ? group.live : 1;
    const each = this.tables.blocksFor(entries);
    if (sequences === 1) return each;
    const common = this.commonBlocks(group);
    return <i64>common + <i64>sequences * <i64>(each - common);
  }

  /** Blocks that the sequences of a group which comes back can share: those full of prompt. */
  private commonBlocks(group: Group): i32 {
    const sequences = group.forked ? group.live : 1;
    if (this.reservedTokens > 0 || sequences === 1) return 0;
    return group.promptTokens / this.unitSlots;
  }

  /** Opens the tables of the sequences behind the first. */
  private openFurther(group: Group, entries: i32): void {
    const count = this.reservedTokens > 0 || group.forked ? group.live : 1;
    const common = this.commonBlocks(group);
    const first = group.sequences[0];
    this.setCommon(first, common * this.unitSlots);
    for (let index = 1; index < count; index += 1) {
      const sequence = group.sequences[index];
      this.tables.open(sequence, entries, first, common);
      this.setCommon(sequence, common * this.unitSlots);
    }
  }

  private setCommon(sequence: i32, slots: i32): void {
    if (sequence >= this.commonSlots.length)
      this.commonSlots = enlarged(this.commonSlots, 2 * sequence);
    this.commonSlots[sequence] = slots;
  }

  /** `need` blocks cannot be had, or not with the watermark still free. */
  private refuseShort(need: i64): bool {
    return this.refuse(need > this.gpu.freeCount ? TOTAL : WATERMARK, need);
  }

  private isNever(need: i64): bool {
    if (need + this.watermarkBlocks <= this.gpu.size) return false;
    this.refuse(NEVER, need);
    return true;
  }

  private refuse(reason: i32, needBlocks: i64): bool {
    const free = this.freeSlots;
    return this.answer.refuse(reason, <f64>needBlocks * this.unitSlots, free, free, this.slots);
  }
}
