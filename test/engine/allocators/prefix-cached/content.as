import { BlockCache } from "./engine/allocators/prefix-cached/block-cache";
import { newBlockFields } from "./engine/allocators/prefix-cached/block-fields";
import { ContentChain } from "./engine/allocators/prefix-cached/content-chain";
import { RequestContent } from "./engine/allocators/prefix-cached/request-content";

export function newIntegers(length: i32): StaticArray<i32> {
  return new StaticArray<i32>(length);
}

export function newContent(segments: StaticArray<i32>): RequestContent {
  const content = new RequestContent();
  content.replace(segments, segments.length / 3);
  return content;
}

export function append(content: RequestContent, id: i32, offset: i32, length: i32): void {
  content.append(id, offset, length);
}

export function seek(content: RequestContent, tokens: i32): void {
  content.seek(tokens);
}

export function read(content: RequestContent, limit: i32): void {
  content.read(limit);
}

export function tokens(content: RequestContent): i32 {
  return content.tokens;
}

export function contentId(content: RequestContent): i32 {
  return content.contentId;
}

export function offset(content: RequestContent): i32 {
  return content.offset;
}

export function length(content: RequestContent): i32 {
  return content.length;
}

export function newChain(): ContentChain {
  return new ContentChain();
}

export function find(chain: ContentChain, node: i32, content: RequestContent, tokens: i32): i32 {
  return chain.find(node, content, tokens);
}

export function intern(
  chain: ContentChain,
  node: i32,
  content: RequestContent,
  tokens: i32,
): i32 {
  return chain.intern(node, content, tokens);
}

export function retain(chain: ContentChain, node: i32, references: i32): void {
  chain.retain(node, references);
}

export function release(chain: ContentChain, node: i32, references: i32): void {
  chain.release(node, references);
}

export function size(chain: ContentChain): i32 {
  return chain.size;
}

export function newCache(blocks: i32, groups: i32, chain: ContentChain): BlockCache {
  return new BlockCache(newBlockFields(blocks), groups, chain);
}

export function has(cache: BlockCache, block: i32): bool {
  return cache.has(block);
}

export function insert(cache: BlockCache, block: i32, node: i32, group: i32): void {
  cache.insert(block, node, group);
}

export function drop(cache: BlockCache, block: i32): void {
  cache.dropEach(StaticArray.fromArray<i32>([block]), 0, 1);
}

export function findOne(cache: BlockCache, node: i32, group: i32): i32 {
  const found = new StaticArray<i32>(1);
  cache.findEach(StaticArray.fromArray<i32>([node]), 1, 1, group, found);
  return found[0];
}

export function entries(cache: BlockCache): i32 {
  return cache.entries;
}
