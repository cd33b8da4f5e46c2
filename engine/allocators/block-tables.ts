import { Digest } from "../core/digest";
import { BITS, COUNT, FROM } from "../core/growth";
import { BlockPool } from "./block-pool";
import { PoolColumns } from "./layout";
import { CPU, GPU, NOWHERE, SHARES, TableRows } from "./table-rows";

/**
 * Block tables over a GPU and a CPU pool: the mechanism of vLLM V0's `BlockSpaceManager` (v0.2.0), without its admission rules.
 * Callers make sure that enough blocks are free.
 */
@final
export class BlockTables extends TableRows {
  readonly blockSlots: i32;
  readonly gpu: BlockPool;
  readonly cpu: BlockPool;
  /** Blocks of a sliding window, whose tables go round in it; i32.MAX_VALUE without one. */
  private readonly windowBlocks: i32;
  /** Of each block: the last time it was looked at by who counts each once; and the time. */
  private seen: StaticArray<i32>;
  private look: i32 = 0;
  /** Where each block of the other pool has been moved to by the move under way. */
  private moved: StaticArray<i32>;

  constructor(blockSlots: i32, gpu: i32, cpu: i32, windowBlocks: i32, placements: Digest) {
    super();
    this.blockSlots = blockSlots;
    this.gpu = new BlockPool(gpu, placements);
    this.cpu = new BlockPool(cpu, placements);
    this.windowBlocks = windowBlocks;
    this.seen = new StaticArray<i32>(max(gpu, cpu));
    this.moved = new StaticArray<i32>(cpu > 0 ? max(gpu, cpu) : 0);
  }

  /** Entries a table needs for `tokens` tokens. */
  @inline
  entriesFor(tokens: i32): i32 {
    return (tokens + this.blockSlots - 1) / this.blockSlots;
  }

  /** Blocks that so many entries need, at most a window's. */
  @inline
  blocksFor(entries: i32): i32 {
    return min(entries, this.windowBlocks);
  }

  /** Opens a table of `entries` entries, the first `shared` of them those of `sibling`. */
  open(sequence: i32, entries: i32, sibling: i32, shared: i32): void {
    this.begin(sequence, entries);
    if (shared > 0) this.share(sibling, sequence, shared, false);
    const own = entries < this.windowBlocks ? entries : max(shared, this.windowBlocks);
    const start = this.start(sequence);
    this.gpu.takeInto(this.tables, start + shared, start + own);
    this.lengths[sequence] = own;
    for (let entry = own; entry < entries; entry += 1) this.pushNext(sequence);
  }

  /** One block more, whose last is full, for each sequence of the runs of `sequences` from number `from` on to before `until`. */
  extend(sequences: StaticArray<i32>, runs: StaticArray<i32>, from: i32, until: i32): void {
    // A run has a sequence at most once.
    const longest = this.longest + until - from;
    if (longest > this.room) this.reserve(0, longest);
    const gpu = this.gpu;
    const free = gpu.free;
    const window = this.windowBlocks;
    const lengths = this.lengths;
    const tables = this.tables;
    const room = this.room;
    const before = gpu.freeCount;
    let top = before;
    let longestBefore = 0;
    for (let run = from << BITS; run < until << BITS; run += 1 << BITS) {
      const start = runs[run + FROM];
      const end = start + runs[run + COUNT];
      for (let at = start; at < end; at += 1) {
        const row = sequences[at];
        const length = lengths[row];
        const next = row * room + length;
        lengths[row] = length + 1;
        longestBefore = max(longestBefore, length);
        if (length >= window) {
          tables[next] = tables[next - window];
          continue;
        }
        top -= 1;
        tables[next] = free[top];
      }
    }
    assert(top >= 0, "a block is taken from an empty pool");
    this.longest = max(this.longest, longestBefore + 1);
    gpu.freeCount = top;
    gpu.placements.addDown(free, before, top);
  }

  /** Makes token number `tokens` of a sequence writable, by a new block or by a copy of a shared one; whether it was copied. */
  append(sequence: i32, tokens: i32): bool {
    this.requireOnGpu(sequence);
    if (this.entries(sequence) < this.entriesFor(tokens)) {
      const opensBlock = this.entries(sequence) < this.windowBlocks;
      this.pushNext(sequence);
      if (opensBlock) return false;
    }
    const last = this.start(sequence) + this.entries(sequence) - 1;
    const from = this.tables[last];
    if (!this.gpu.isShared(from)) return false;
    this.tables[last] = this.gpu.take();
    this.gpu.drop(from);
    return true;
  }

  /**
   * The child's table becomes a copy of the parent's, every block shared; behind a full window, where a block comes several times,
   * once (v0.6.1) or with `eachEntry` as often as it comes (v0.2.0).
   */
  fork(parent: i32, child: i32, eachEntry: bool): void {
    this.requireOnGpu(parent);
    const entries = this.entries(parent);
    this.begin(child, entries);
    this.share(parent, child, entries, eachEntry);
  }

  /**
   * Gives up a sequence's blocks, wherever they are, each once, in table order: of a table that has gone round its window those of all
   * entries (v0.2.0) or with `lastWindow` those of the last ones (v0.6.1).
   */
  release(sequence: i32, lastWindow: bool): void {
    const mark = sequence < this.rows ? this.marks[sequence] : NOWHERE;
    assert(mark !== NOWHERE, "a sequence is released but holds nothing");
    const start = this.start(sequence);
    const length = this.lengths[sequence];
    if (mark === GPU && length <= this.windowBlocks)
      this.gpu.dropUnshared(this.tables, start, start + length);
    else {
      const pool = (mark & GPU) !== 0 ? this.gpu : this.cpu;
      const first = lastWindow ? max(0, length - this.windowBlocks) : 0;
      this.look += 1;
      for (let at = start + first; at < start + length; at += 1)
        if (this.isFirstLook(this.tables[at])) pool.drop(this.tables[at]);
    }
    this.lengths[sequence] = 0;
    this.marks[sequence] = NOWHERE;
  }

  /** How many different blocks the first `count` of some sequences hold together. */
  distinctBlocks(sequences: StaticArray<i32>, count: i32): i32 {
    let blocks = 0;
    this.look += 1;
    for (let index = 0; index < count; index += 1) {
      const start = this.start(sequences[index]);
      for (let at = start; at < start + this.entries(sequences[index]); at += 1)
        if (this.isFirstLook(this.tables[at])) blocks += 1;
    }
    return blocks;
  }

  /** Moves the tables of the sequences to the other pool, a shared block once; returns how many blocks. */
  move(sequences: StaticArray<i32>, count: i32, place: i32): i32 {
    const from = place === CPU ? this.gpu : this.cpu;
    const to = place === CPU ? this.cpu : this.gpu;
    let blocks = 0;
    this.look += 1;
    for (let index = 0; index < count; index += 1) {
      const sequence = sequences[index];
      assert(this.place(sequence) !== place, "a sequence is there already");
      const start = this.start(sequence);
      for (let at = start; at < start + this.entries(sequence); at += 1) {
        const old = this.tables[at];
        if (this.isFirstLook(old)) {
          this.moved[old] = to.take();
          blocks += 1;
        } else to.share(this.moved[old]);
        from.drop(old);
        this.tables[at] = this.moved[old];
      }
      this.marks[sequence] ^= GPU | CPU;
    }
    return blocks;
  }

  /** Writes down the tables in one place, by sequence, and its free blocks. */
  describe(place: i32, columns: PoolColumns): void {
    const pool = place === GPU ? this.gpu : this.cpu;
    columns.clear(pool.size);
    for (let sequence = 0; sequence < this.rows; sequence += 1) {
      if (this.place(sequence) !== place) continue;
      const start = this.start(sequence);
      columns.held.addCells(this.tables, start, start + this.lengths[sequence]);
      columns.close(sequence);
    }
    columns.free.addCells(pool.free, 0, pool.freeCount);
  }

  /** Whether a block is looked at for the first time since the look began. */
  @inline
  private isFirstLook(block: i32): bool {
    if (this.seen[block] === this.look) return false;
    this.seen[block] = this.look;
    return true;
  }

  /** The table of `to`, empty so far, begins with `entries` blocks of that of `from`. */
  private share(from: i32, to: i32, entries: i32, eachEntry: bool): void {
    const countsOnce = entries > this.windowBlocks && !eachEntry;
    const source = this.start(from);
    const target = this.start(to);
    this.look += 1;
    for (let entry = 0; entry < entries; entry += 1) {
      const block = this.tables[source + entry];
      this.tables[target + entry] = block;
      if (!countsOnce || this.isFirstLook(block)) this.gpu.share(block);
    }
    this.lengths[to] = entries;
    this.marks[from] |= SHARES;
    this.marks[to] |= SHARES;
  }

  /** A new block, or with a full window the one that holds what leaves it. Only behind a full window does a block come twice. */
  private pushNext(sequence: i32): void {
    const length = this.entries(sequence);
    if (length >= this.room) this.reserve(sequence, length + 1);
    this.longest = max(this.longest, length + 1);
    const start = this.start(sequence);
    const again = start + (length % this.windowBlocks);
    this.tables[start + length] = length < this.windowBlocks ? this.gpu.take() : this.tables[again];
    this.lengths[sequence] = length + 1;
  }
}
