import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Contents, ROOT } from "./content.ts";

const contents = await Contents.compile();
const { engine } = contents;

const BLOCKS = 12;
const GROUPS = 2;

function nodeOf(chain: number, contentId: number): number {
  const content = contents.of([{ contentId, offset: 0, length: 4 }]);
  const node = engine.intern(chain, ROOT, content, 4);
  engine.retain(chain, node, 1);
  return node;
}

/** The blocks that can be asked for. */
function blocksIn(cache: number): number[] {
  return Array.from({ length: BLOCKS }, (_, block) => block).filter((block) =>
    engine.has(cache, block),
  );
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
        const chain = engine.newChain();
        const nodes = [0, 1].map((contentId) => nodeOf(chain, contentId));
        const cache = engine.newCache(BLOCKS, GROUPS, chain);
        let inserted: { block: number; content: number; group: number }[] = [];
        for (const step of program) {
          if (engine.has(cache, step.block)) {
            engine.drop(cache, step.block);
            inserted = inserted.filter(({ block }) => block !== step.block);
          } else {
            engine.insert(cache, step.block, nodes[step.content]!, step.group);
            inserted.push(step);
          }
          const kinds = [0, 1].flatMap((content) => [0, 1].map((group) => ({ content, group })));
          const firsts = kinds.map(({ content, group }) => {
            const equal = inserted.filter((e) => e.content === content && e.group === group);
            return equal[0]?.block ?? 0;
          });
          const finds = kinds.map(({ content, group }) =>
            engine.findOne(cache, nodes[content]!, group),
          );
          expect(finds).toEqual(firsts);
          expect(engine.entries(cache)).toBe(firsts.filter((block) => block !== 0).length);
          expect(blocksIn(cache)).toEqual(inserted.map(({ block }) => block).sort((a, b) => a - b));
        }
      }),
    );
  });

  it("holds a block for one content at a time", () => {
    const chain = engine.newChain();
    const cache = engine.newCache(BLOCKS, GROUPS, chain);
    const node = nodeOf(chain, 0);
    engine.insert(cache, 3, node, 0);
    expect(() => engine.insert(cache, 3, node, 1)).toThrow("cached twice");
  });
});
