import { expect, test } from "vitest";
import { allocators } from "../../src/allocators/index.ts";
import { configSchemaJson } from "../../src/config/json-schema.ts";

interface Node {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: boolean;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
}

const root = configSchemaJson() as Node;

/** Every key of the schema with its path. */
function keys(node: Node, path: string): [string, Node][] {
  const own = Object.entries(node.properties ?? {}).flatMap(([key, child]) => {
    const childPath = `${path}.${key}`;
    return [[childPath, child] as [string, Node], ...keys(child, childPath)];
  });
  const items = node.items === undefined ? [] : keys(node.items, `${path}[]`);
  const variants = (node.anyOf ?? []).flatMap((variant, index) =>
    keys(variant, `${path}|${index}`),
  );
  return [...own, ...items, ...variants];
}

test("every key of a config is described", () => {
  const all = keys(root, "config");
  expect(all.length).toBeGreaterThan(80);
  // The discriminator of an allocator is described by its variant.
  const bare = all.filter(([path, node]) => !node.description && !path.endsWith(".strategy"));
  expect(bare.map(([path]) => path)).toEqual([]);
});

test("every allocator's options are in the schema of an entry", () => {
  const variants = root.properties!["allocators"]!.items!.anyOf!;
  for (const { strategy, options } of Object.values(allocators)) {
    const variant = variants.find(
      ({ properties }) =>
        (properties!["strategy"] as { const?: string } | undefined)?.const === strategy,
    );
    for (const option of Object.keys(options.shape))
      expect(Object.keys(variant!.properties!), strategy).toContain(option);
  }
});

test("the schema is plain JSON and refuses unknown keys at the top", () => {
  expect(JSON.parse(JSON.stringify(root))).toEqual(root);
  expect(root.additionalProperties).toBe(false);
});
