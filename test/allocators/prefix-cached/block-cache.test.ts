import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BlockCache } from "../../../src/allocators/prefix-cached/block-cache.ts";
import { newBlockFields } from "../../../src/allocators/prefix-cached/block-fields.ts";
import { ContentChain, ROOT } from "../../../src/allocators/prefix-cached/content-chain.ts";
import { RequestContent } from "../../../src/allocators/prefix-cached/request-content.ts";

const BLOCKS = 12;
const GROUPS = 2;

function nodeOf(chain: ContentChain, contentId: number): number {
  const content = new RequestContent();
  content.replace([{ contentId, offset: 0, length: 4 }]);
  const node = chain.intern(ROOT, content, 4);
  chain.retain(node, 1);
  return node;
}

describe("BlockCache", () => {
  it("finds, of equal blocks, the one that was inserted first and is still there", () => {
    const steps = fc.array(
      fc.record({
        block: fc.integer({ min: 1, max: BLOCKS - 1 }),
        content: fc.nat(1),
        group: fc.nat(GROUPS - 1),
      }),
    );
    fc.assert(
      fc.property(steps, (program) => {
        const chain = new ContentChain();
        const nodes = [0, 1].map((contentId) => nodeOf(chain, contentId));
        const cache = new BlockCache(newBlockFields(BLOCKS), GROUPS, chain);
        let inserted: { block: number; content: number; group: number }[] = [];
        for (const step of program) {
          if (cache.has(step.block)) {
            cache.dropEach(Int32Array.of(step.block), 0, 1);
            inserted = inserted.filter(({ block }) => block !== step.block);
          } else {
            cache.insert(step.block, nodes[step.content]!, step.group);
            inserted.push(step);
          }
          const kinds = [0, 1].flatMap((content) => [0, 1].map((group) => ({ content, group })));
          const firsts = kinds.map(({ content, group }) => {
            const equal = inserted.filter((e) => e.content === content && e.group === group);
            return equal[0]?.block ?? 0;
          });
          const found = new Int32Array(1);
          const finds = kinds.map((kind) => {
            cache.findEach(Int32Array.of(nodes[kind.content]!), 1, 1, kind.group, found);
            return found[0];
          });
          expect(finds).toEqual(firsts);
          expect(cache.entries).toBe(firsts.filter((block) => block !== 0).length);
          expect(cache.blocks()).toEqual(inserted.map(({ block }) => block).sort((a, b) => a - b));
        }
      }),
    );
  });

  it("holds a block for one content at a time", () => {
    const chain = new ContentChain();
    const cache = new BlockCache(newBlockFields(BLOCKS), GROUPS, chain);
    const node = nodeOf(chain, 0);
    cache.insert(3, node, 0);
    expect(() => cache.insert(3, node, 1)).toThrow("cached twice");
  });
});
