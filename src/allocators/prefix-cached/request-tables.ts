import type { Tokens } from "../../request.ts";
import type { AttentionGroup } from "./attention-group.ts";
import { type BlockTable, NULL_BLOCK } from "./block-table.ts";
import type { CachedRequest } from "./cached-request.ts";
import type { CachingBlockPool } from "./caching-block-pool.ts";
import type { PrefixIndex } from "./prefix-index.ts";

/** Lengthens and shortens the tables of a request in all groups, one group after the other. */
export class RequestTables {
  readonly #groups: readonly AttentionGroup[];
  readonly #pool: CachingBlockPool;
  readonly #index: PrefixIndex;

  constructor(groups: readonly AttentionGroup[], pool: CachingBlockPool, index: PrefixIndex) {
    this.#groups = groups;
    this.#pool = pool;
    this.#index = index;
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
      const held = hitBlocks + request.tables[index]!.length;
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
      const table = request.tables[index]!;
      const skipped = Math.min(this.#groups[index]!.skippedBlocks(computed), table.length);
      for (let at = skipped - 1; at >= 0 && table.at(at) !== NULL_BLOCK; at -= 1) {
        this.#pool.release(table.at(at));
        table.clear(at);
      }
    }
  }

  /** The request, which holds nothing, takes the blocks of the first `hit` tokens that were found. */
  adopt(request: CachedRequest, hit: Tokens): void {
    for (let index = 0; index < this.#groups.length; index += 1) {
      const table = request.tables[index]!;
      const blocks = hit / this.#groups[index]!.blockSize;
      for (let at = 0; at < blocks; at += 1) {
        const block = this.hitBlock(index, at, hit);
        if (block !== NULL_BLOCK) this.#pool.touch(block);
        table.push(block);
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
      const table = request.tables[index]!;
      const missing = Math.ceil(tokens / this.#groups[index]!.blockSize) - table.length;
      if (missing > 0) this.#pool.take(missing, table);
    }
  }

  /** Gives everything back, each table's last block first: ends are evicted before beginnings, which more requests share. */
  release(request: CachedRequest): void {
    for (const table of request.tables) this.#releaseTable(table);
    this.#index.leave(request);
  }

  #releaseTable(table: BlockTable): void {
    for (let at = table.length - 1; at >= 0; at -= 1) {
      const block = table.at(at);
      if (block !== NULL_BLOCK) this.#pool.release(block);
    }
    table.length = 0;
  }
}
