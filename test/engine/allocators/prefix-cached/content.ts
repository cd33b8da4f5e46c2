import type { Segment } from "../../../../src/request.ts";
import {
  type Compiled,
  type CompileOptions,
  compiled,
  integersAt,
  sourceAt,
} from "../../compiled.ts";

const SOURCE = sourceAt("test/engine/allocators/prefix-cached/content.as");

/** What content.as exports. */
type Exports = Compiled<
  | ("newIntegers" | "newContent" | "append" | "seek" | "read" | "tokens" | "contentId" | "offset")
  | ("length" | "newChain" | "find" | "intern" | "retain" | "release" | "size" | "newCache" | "has")
  | ("insert" | "drop" | "findOne" | "entries")
>;

/** The empty beginning, and no beginning. */
export const ROOT = 0;
export const NONE = -1;

/** What the engine knows of contents: the texts of requests, the chain of their beginnings, and the blocks that hold these. */
export class Contents {
  readonly engine: Exports;

  private constructor(engine: Exports) {
    this.engine = engine;
  }

  static async compile(edits: CompileOptions["edits"] = {}): Promise<Contents> {
    return new Contents((await compiled(SOURCE, {}, { edits })) as Exports);
  }

  /** What a request says. */
  of(segments: readonly Segment[]): number {
    const parts = segments.flatMap(({ contentId, offset, length }) => [contentId, offset, length]);
    const address = this.engine.newIntegers(parts.length);
    integersAt(this.engine, address).set(parts);
    return this.engine.newContent(address);
  }

  /** The part that was read last. */
  part(content: number): Segment {
    const { engine } = this;
    return {
      contentId: engine.contentId(content),
      offset: engine.offset(content),
      length: engine.length(content),
    };
  }
}
