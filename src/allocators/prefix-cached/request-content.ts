import { assert } from "../../core/assert.ts";
import type { Segment, Tokens } from "../../request.ts";

/**
 * What a request says so far: its tokens by reference, in parts of one content each. Neighbouring parts that continue each other are
 * one part, so however the same tokens were cut, reading them gives the same parts.
 */
export class RequestContent {
  /** Three numbers a part: content, offset, length; only the first {@link #end} count. */
  #parts = new Int32Array(12);
  #end = 0;
  #tokens: Tokens = 0;
  /** Where reading goes on: the part, and tokens of it already read. */
  #part = 0;
  #consumed: Tokens = 0;
  #position: Tokens = 0;

  /** The part that was read last. */
  contentId = 0;
  offset: Tokens = 0;
  length: Tokens = 0;

  /** Tokens in all. */
  get tokens(): Tokens {
    return this.#tokens;
  }

  replace(segments: readonly Segment[]): void {
    this.#end = 0;
    this.#tokens = 0;
    this.#rewind();
    for (const segment of segments) this.append(segment.contentId, segment.offset, segment.length);
  }

  /** @param contentId Any 32-bit integer, like `offset` and `offset + length`. */
  append(contentId: number, offset: Tokens, length: Tokens): void {
    assert((contentId | 0) === contentId, "content is named by a 32-bit integer");
    assert(length >= 0 && ((offset + length) | 0) === offset + length, "content is too long");
    if (length === 0) return;
    const parts = this.#parts;
    const last = this.#end - 3;
    this.#tokens += length;
    if (last >= 0 && parts[last] === contentId && parts[last + 1]! + parts[last + 2]! === offset) {
      parts[last + 2]! += length;
    } else {
      this.#push(contentId, offset, length);
    }
  }

  /** The last part goes on until there are `tokens` tokens in all, if there are fewer. */
  continueTo(tokens: Tokens): void {
    if (tokens <= this.#tokens) return;
    const length = this.#parts[this.#end - 1]! + tokens - this.#tokens;
    assert(this.#parts[this.#end - 2]! + length < 2 ** 31, "content is too long");
    this.#parts[this.#end - 1] = length;
    this.#tokens = tokens;
  }

  /** Reading goes on behind the first `tokens` tokens. */
  seek(tokens: Tokens): void {
    if (tokens < this.#position) this.#rewind();
    while (this.#position < tokens) this.read(tokens - this.#position);
  }

  /** Reads up to `limit` > 0 tokens of one content into {@link contentId}, {@link offset} and {@link length}. */
  read(limit: Tokens): void {
    const parts = this.#parts;
    // Only now, not when the part's end was reached: it may have been continued since.
    if (this.#part < this.#end && this.#consumed === parts[this.#part + 2]) {
      this.#part += 3;
      this.#consumed = 0;
    }
    assert(this.#part < this.#end, "read beyond the end of a request");
    this.contentId = parts[this.#part]!;
    this.offset = parts[this.#part + 1]! + this.#consumed;
    this.length = Math.min(limit, parts[this.#part + 2]! - this.#consumed);
    this.#consumed += this.length;
    this.#position += this.length;
  }

  #push(contentId: number, offset: Tokens, length: Tokens): void {
    if (this.#end === this.#parts.length) {
      const longer = new Int32Array(2 * this.#end);
      longer.set(this.#parts);
      this.#parts = longer;
    }
    this.#parts[this.#end] = contentId;
    this.#parts[this.#end + 1] = offset;
    this.#parts[this.#end + 2] = length;
    this.#end += 3;
  }

  #rewind(): void {
    this.#part = 0;
    this.#consumed = 0;
    this.#position = 0;
  }
}
