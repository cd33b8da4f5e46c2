/** A model as the catalogue or a config describes it. */
export interface ModelSpec {
  readonly name: string;
  readonly layers: number;
  /** Query heads. */
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly hidden: number;
  /** Total parameters. */
  readonly parameters: number;
  /** Parameters used per token (fewer than all for mixtures of experts). */
  readonly activeParameters: number;
  /** Of a mixture of experts: parameters of all routed experts, and the part of them that a token uses. */
  readonly experts?: { readonly parameters: number; readonly share: number };
  readonly vocabulary: number;
  /** Longest context the model was made for, tokens. */
  readonly maxModelLen: number;
  /** Bytes of one weight / one KV element. */
  readonly weightBytesPerParameter: number;
  readonly kvBytesPerElement: number;
  /** Multi-head latent attention: elements cached per token and layer (kv_lora_rank + rope dim); null otherwise. */
  readonly latentElements: number | null;
  /** Where the figures come from. */
  readonly source: string;
}

/** A GPU as the catalogue or a config describes it. */
export interface GpuSpec {
  readonly name: string;
  /** Memory as the driver reports it, GiB. */
  readonly memoryGiB: number;
  /** Memory bandwidth, 10^9 B/s. */
  readonly bandwidthGBps: number;
  /** Dense 16-bit arithmetic, 10^12 operations/s. */
  readonly tflops: number;
  readonly source: string;
}
