import type { Tokens } from "../../request.ts";
import type { AttentionGroup } from "./attention-group.ts";
import { NULL_BLOCK } from "./block-fields.ts";
import { type CachedRequest, NO_ROW } from "./cached-request.ts";
import type { CachingBlockPool } from "./caching-block-pool.ts";
import type { HolderRows } from "./holder-rows.ts";
import type { PrefixIndex } from "./prefix-index.ts";

/** Lengthens and shortens the tables of a request in all groups, one group after the other. */
export class RequestTables {
  readonly #groups: readonly AttentionGroup[];
  readonly #rows: HolderRows;
  readonly #pool: CachingBlockPool;
  readonly #index: PrefixIndex;

  constructor(
    groups: readonly AttentionGroup[],
    rows: HolderRows,
    pool: CachingBlockPool,
    index: PrefixIndex,
  ) {
    this.#groups = groups;
    this.#rows = rows;
    this.#pool = pool;
    this.#index = index;
  }

  /** Blocks in one group's table of a request, a block that a window has passed counting too. */
  length({ row }: CachedRequest, group: number): number {
    return row === NO_ROW ? 0 : this.#rows.tables.lengths[row * this.#groups.length + group]!;
  }

  /** One group's table in token order. O(length). */
  toArray({ row }: CachedRequest, group: number): number[] {
    return row === NO_ROW ? [] : this.#rows.tables.toArray(row * this.#groups.length + group);
  }

  /**
   * Free blocks that it takes until the tables reach `tokens` tokens: new ones, and those of the `hit` tokens that are free and would
   * not be any more.
   * @param computed Tokens computed by then, the hit included.
   * @param atOnce Count what is held at the same time at most, not what is handed out over time.
   */
  need(
    request: CachedRequest,
    hit: Tokens,
    computed: Tokens,
    tokens: Tokens,
    atOnce: boolean,
  ): number {
    let need = 0;
    for (let index = 0; index < this.#groups.length; index += 1) {
      const group = this.#groups[index]!;
      const required = Math.ceil(tokens / group.blockSize);
      const hitBlocks = hit / group.blockSize;
      const held = hitBlocks + this.length(request, index);
      need += Math.max((atOnce ? Math.min(required, group.admissionBlocks) : required) - held, 0);
      for (let block = group.skippedBlocks(computed); block < hitBlocks; block += 1) {
        if (this.#pool.isFree(this.#index.block(index, block))) need += 1;
      }
    }
    return need;
  }

  /** Gives back the blocks that no token after the first `computed` attends to, the last of them first. */
  skip(request: CachedRequest, computed: Tokens): void {
    for (let index = 0; index < this.#groups.length; index += 1) {
      const skipped = this.#groups[index]!.skippedBlocks(computed);
      if (skipped > 0) this.#skip(request, index, Math.min(skipped, this.length(request, index)));
    }
  }

  /** The request, which holds nothing, takes the blocks of the first `hit` tokens that were found. */
  adopt(request: CachedRequest, hit: Tokens): void {
    const { tables } = this.#rows;
    for (let index = 0; index < this.#groups.length; index += 1) {
      const blocks = hit / this.#groups[index]!.blockSize;
      for (let at = 0; at < blocks; at += 1) {
        const block = this.hitBlock(index, at, hit);
        if (block !== NULL_BLOCK) this.#pool.touch(block);
        tables.push(request.row * this.#groups.length + index, block);
      }
    }
    this.#index.adopt(request, hit);
  }

  /** The block at `at` of a group's table after a hit of `hit` tokens. */
  hitBlock(group: number, at: number, hit: Tokens): number {
    const skipped = this.#groups[group]!.skippedBlocks(hit);
    return at < skipped ? NULL_BLOCK : this.#index.block(group, at);
  }

  /** Adds new blocks until the tables reach `tokens` tokens. */
  extend(request: CachedRequest, tokens: Tokens): void {
    for (let index = 0; index < this.#groups.length; index += 1) {
      const required = Math.ceil(tokens / this.#groups[index]!.blockSize);
      const missing = required - this.length(request, index);
      const table = request.row * this.#groups.length + index;
      if (missing > 0) this.#pool.take(missing, this.#rows.tables, table);
    }
  }

  /** Gives everything back, each table's last block first: ends are evicted before beginnings, which more requests share. */
  release({ row }: CachedRequest): void {
    const first = row * this.#groups.length;
    for (let table = first; table < first + this.#groups.length; table += 1)
      this.#releaseTable(table);
    this.#index.leave(row);
  }

  #skip({ row }: CachedRequest, group: number, skipped: number): void {
    const { blocks, stride } = this.#rows.tables;
    const first = (row * this.#groups.length + group) * stride;
    for (let at = first + skipped - 1; at >= first && blocks[at] !== NULL_BLOCK; at -= 1) {
      this.#pool.release(blocks[at]!);
      blocks[at] = NULL_BLOCK;
    }
  }

  #releaseTable(table: number): void {
    const { blocks, lengths, stride } = this.#rows.tables;
    this.#pool.releaseAll(blocks, table * stride, table * stride + lengths[table]!);
    lengths[table] = 0;
  }
}
