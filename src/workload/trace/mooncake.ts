import type { Segment, Tokens } from "../../request.ts";
import { isInteger32, outputLength, promptLength, refuse, time } from "./field.ts";
import type { TraceFormatReader } from "./format.ts";
import { type JsonObject, jsonField, jsonObject } from "./json.ts";
import type { TraceLine } from "./lines.ts";
import type { TraceBuilder } from "./trace.ts";

/** Tokens of a hashed block (Qin et al., FAST 2025); the last block of a prompt may be shorter. */
const BLOCK_TOKENS = 512;

/** Mooncake traces. An id of `hash_ids` names a block together with all blocks before it. */
export const mooncake: TraceFormatReader = {
  summary:
    "JSONL: timestamp (ms), input_length, output_length, hash_ids (a block of 512 tokens each)",
  names: ["timestamp", "input_length", "output_length", "hash_ids"],
  start(first, trace) {
    const read = (line: TraceLine): void => addRow(line, trace);
    read(first);
    return read;
  },
};

function addRow(line: TraceLine, trace: TraceBuilder): void {
  const object = jsonObject(line);
  const timestamp = jsonField(line, object, "timestamp");
  const promptTokens = promptLength(jsonField(line, object, "input_length"));
  trace.add({
    arrival: { ns: time(timestamp, 1000), field: timestamp },
    promptTokens,
    outputTokens: outputLength(jsonField(line, object, "output_length")),
    content: blocks(line, object, promptTokens),
  });
}

function blocks(line: TraceLine, object: JsonObject, promptTokens: Tokens): Segment[] {
  const ids = object["hash_ids"];
  const count = Math.ceil(promptTokens / BLOCK_TOKENS);
  if (!Array.isArray(ids) || ids.length !== count || !ids.every(isInteger32))
    return refuse(
      jsonField(line, object, "hash_ids"),
      `a list of ${count} ids, one for each ${BLOCK_TOKENS} tokens of the prompt`,
    );
  return ids.map((contentId: number, i) => ({
    contentId,
    offset: 0,
    length: Math.min(BLOCK_TOKENS, promptTokens - i * BLOCK_TOKENS),
  }));
}
