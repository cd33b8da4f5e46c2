import { enlarged } from "../../core/columns";

/**
 * What a request says so far: its tokens by reference, in parts of one content each. Neighbouring parts that continue each other are
 * one part, so however the same tokens were cut, reading them gives the same parts.
 */
@final
export class RequestContent {
  /** Three numbers a part: content, offset, length; only the first {@link end} count. */
  private parts: StaticArray<i32> = new StaticArray<i32>(12);
  private end: i32 = 0;
  /** Tokens in all. */
  tokens: i32 = 0;
  /** Where reading goes on: the part, and tokens of it already read. */
  private part: i32 = 0;
  private consumed: i32 = 0;
  private position: i32 = 0;

  /** The part that was read last. */
  contentId: i32 = 0;
  offset: i32 = 0;
  length: i32 = 0;

  /** @param segments Three numbers a segment, `count` segments: content, offset, length. */
  replace(segments: StaticArray<i32>, count: i32): void {
    this.end = 0;
    this.tokens = 0;
    this.rewind();
    for (let at = 0; at < 3 * count; at += 3)
      this.append(segments[at], segments[at + 1], segments[at + 2]);
  }

  /** @param contentId Any 32-bit integer, like `offset` and `offset + length`. */
  append(contentId: i32, offset: i32, length: i32): void {
    assert(length >= 0 && offset + length >= offset, "content is too long");
    if (length === 0) return;
    const parts = this.parts;
    const last = this.end - 3;
    this.tokens += length;
    if (last >= 0 && parts[last] === contentId && parts[last + 1] + parts[last + 2] === offset) {
      parts[last + 2] += length;
    } else {
      this.push(contentId, offset, length);
    }
  }

  /** The last part goes on until there are `tokens` tokens in all, if there are fewer. */
  continueTo(tokens: i32): void {
    if (tokens <= this.tokens) return;
    const parts = this.parts;
    const end = this.end;
    const length = parts[end - 1] + tokens - this.tokens;
    assert(<i64>parts[end - 2] + <i64>length <= i32.MAX_VALUE, "content is too long");
    parts[end - 1] = length;
    this.tokens = tokens;
  }

  /** Reading goes on behind the first `tokens` tokens. */
  seek(tokens: i32): void {
    if (tokens < this.position) this.rewind();
    while (this.position < tokens) this.read(tokens - this.position);
  }

  /** Reads up to `limit` > 0 tokens of one content into {@link contentId}, {@link offset} and {@link length}. */
  read(limit: i32): void {
    const parts = this.parts;
    let part = this.part;
    let consumed = this.consumed;
    // Only now, not when the part's end was reached: it may have been continued since.
    if (part < this.end && consumed === parts[part + 2]) {
      part += 3;
      consumed = 0;
    }
    assert(part < this.end, "read beyond the end of a request");
    const length = min(limit, parts[part + 2] - consumed);
    this.contentId = parts[part];
    this.offset = parts[part + 1] + consumed;
    this.length = length;
    this.part = part;
    this.consumed = consumed + length;
    this.position += length;
  }

  /** Blocks of `size` tokens from the token `at` on, before the token `end`, that say one content and no other; read then. 0: not even one does. */
  readBlocks(at: i32, end: i32, size: i32): i32 {
    this.read(end - at);
    const length = this.length;
    const rest = length % size;
    if (rest > 0) this.seek(at);
    if (rest > 0 && rest < length) this.read(length - rest);
    return (length - rest) / size;
  }

  private push(contentId: i32, offset: i32, length: i32): void {
    const end = this.end;
    if (end === this.parts.length) this.parts = enlarged(this.parts, 2 * end);
    const parts = this.parts;
    parts[end] = contentId;
    parts[end + 1] = offset;
    parts[end + 2] = length;
    this.end = end + 3;
  }

  @inline
  private rewind(): void {
    this.part = 0;
    this.consumed = 0;
    this.position = 0;
  }
}
