import type { Nanoseconds } from "../../core/time.ts";
import type { ContentStart, Segment, Tokens } from "../../request.ts";
import { type Field, refuse } from "./field.ts";

/** A trace in columns, one entry a request. */
export interface Trace {
  readonly rows: number;
  /** Never falling; null where the format or the file has no times. */
  readonly arrivalNs: Float64Array | null;
  readonly promptTokens: Int32Array;
  /** At least 1. */
  readonly outputTokens: Int32Array;
  /** Outputs that were 0 in the file: every request emits a token, so they count as 1. */
  readonly zeroOutputs: number;
  /** Sequences of the request; 0 where the trace does not say. */
  readonly sequences: Int32Array;
  readonly priority: Int32Array;
  readonly content: TraceContent;
  readonly outputContent: TraceOutputContent;
  /** Whether it says no more of its requests than when they come and how long they are. */
  readonly hasLengthsOnly: boolean;
}

/** The segments of all prompts, one after another: those of request i are numbers `ends[i − 1]` … `ends[i]` − 1. */
interface TraceContent {
  readonly ends: Int32Array;
  readonly contentId: Int32Array;
  readonly offset: Int32Array;
  readonly length: Int32Array;
}

/** Where each request's output begins. */
interface TraceOutputContent {
  /** -1 where the trace does not say. */
  readonly contentId: Int32Array;
  readonly offset: Int32Array;
}

/** One request as a format reads it. */
export interface TraceRow {
  /** Null in a trace without times. */
  readonly arrival: { readonly ns: Nanoseconds; readonly field: Field } | null;
  readonly promptTokens: Tokens;
  readonly outputTokens: Tokens;
  readonly sequences?: number;
  readonly priority?: number;
  readonly content?: readonly Segment[];
  readonly outputContent?: ContentStart | null;
}

/** Gathers rows into columns. */
export class TraceBuilder {
  readonly #arrivalNs: number[] = [];
  readonly #promptTokens: number[] = [];
  readonly #outputTokens: number[] = [];
  readonly #sequences: number[] = [];
  readonly #priority: number[] = [];
  readonly #ends: number[] = [];
  readonly #contentId: number[] = [];
  readonly #offset: number[] = [];
  readonly #length: number[] = [];
  readonly #outputContentId: number[] = [];
  readonly #outputOffset: number[] = [];
  #zeroOutputs = 0;

  get rows(): number {
    return this.#promptTokens.length;
  }

  /** Throws a `TraceError` at an arrival before that of the row above. */
  add(row: TraceRow): void {
    if (row.arrival !== null) this.#addArrival(row.arrival);
    if (row.outputTokens === 0) this.#zeroOutputs++;
    this.#promptTokens.push(row.promptTokens);
    this.#outputTokens.push(Math.max(1, row.outputTokens));
    this.#sequences.push(row.sequences ?? 0);
    this.#priority.push(row.priority ?? 0);
    for (const { contentId, offset, length } of row.content ?? []) {
      this.#contentId.push(contentId);
      this.#offset.push(offset);
      this.#length.push(length);
    }
    this.#ends.push(this.#contentId.length);
    this.#outputContentId.push(row.outputContent?.contentId ?? -1);
    this.#outputOffset.push(row.outputContent?.offset ?? 0);
  }

  build(): Trace {
    return {
      rows: this.rows,
      arrivalNs: this.#arrivalNs.length === 0 ? null : new Float64Array(this.#arrivalNs),
      promptTokens: new Int32Array(this.#promptTokens),
      outputTokens: new Int32Array(this.#outputTokens),
      zeroOutputs: this.#zeroOutputs,
      sequences: new Int32Array(this.#sequences),
      priority: new Int32Array(this.#priority),
      content: {
        ends: new Int32Array(this.#ends),
        contentId: new Int32Array(this.#contentId),
        offset: new Int32Array(this.#offset),
        length: new Int32Array(this.#length),
      },
      outputContent: {
        contentId: new Int32Array(this.#outputContentId),
        offset: new Int32Array(this.#outputOffset),
      },
      hasLengthsOnly: this.#hasLengthsOnly(),
    };
  }

  #hasLengthsOnly(): boolean {
    return (
      this.#sequences.every((n) => n <= 1) &&
      this.#priority.every((rank) => rank === 0) &&
      this.#contentId.length === 0 &&
      this.#outputContentId.every((id) => id < 0)
    );
  }

  #addArrival({ ns, field }: { readonly ns: Nanoseconds; readonly field: Field }): void {
    if (ns < (this.#arrivalNs.at(-1) ?? 0))
      refuse(field, "a time that is not before that of the row above");
    this.#arrivalNs.push(ns);
  }
}

/** What the prompt of request `row` says; null where the trace does not know. */
export function contentOf({ content }: Trace, row: number): Segment[] | null {
  const from = row === 0 ? 0 : content.ends[row - 1]!;
  const to = content.ends[row]!;
  if (from === to) return null;
  return Array.from({ length: to - from }, (_, i) => ({
    contentId: content.contentId[from + i]!,
    offset: content.offset[from + i]!,
    length: content.length[from + i]!,
  }));
}

/** What the first output of request `row` says; null where the trace does not know. */
export function outputContentOf({ outputContent }: Trace, row: number): ContentStart | null {
  const contentId = outputContent.contentId[row]!;
  return contentId < 0 ? null : { contentId, offset: outputContent.offset[row]! };
}
