/** What a layer keeps of each token, over the whole model. */
export type LayerCache =
  | { readonly kind: "full"; readonly kvHeads: number; readonly headDim: number }
  | {
      readonly kind: "sliding";
      readonly kvHeads: number;
      readonly headDim: number;
      /** Tokens that the layer looks back on. */
      readonly window: number;
    }
  /** Attention to an image: caches only its tokens, but block managers of one page size charge every token. */
  | { readonly kind: "cross"; readonly kvHeads: number; readonly headDim: number }
  /** Multi-head latent attention: one compressed vector (kv_lora_rank + rope) instead of keys and values. */
  | { readonly kind: "latent"; readonly elements: number };

/** Parameters of one layer, by how quantization and tensor parallelism treat them. */
export interface LayerWeights {
  /** Matrices split over the GPUs of a tensor-parallel group: queries, output. */
  readonly attention: number;
  /** Key and value projections: split by head, a head whole on at least one GPU. */
  readonly keyValue: number;
  /** Matrices that every GPU holds whole: MLA's down-projections. */
  readonly replicated: number;
  /** Dense feed-forward matrices and shared experts, split. */
  readonly feedForward: number;
  /** All routed experts, split. */
  readonly experts: number;
  /** The routed experts that one token uses. */
  readonly activeExperts: number;
  /** The experts' router, whole on every GPU and never quantized. */
  readonly router: number;
  /** Norms and biases, whole on every GPU and never quantized. */
  readonly vectors: number;
}

/** Elements that a layer's widest step holds of each token, before tensor parallelism splits what it splits. */
export interface LayerWidths {
  /** Of the dense feed-forward layer; 0 without one. */
  readonly feedForward: number;
  /** Matrices before the down-projection: 2 in a gated layer (gate and up), else 1. */
  readonly gates: 1 | 2;
  /** Of one routed expert, and how many a token uses; 0 without experts. */
  readonly expert: number;
  readonly expertsPerToken: number;
  /** Of queries, keys, values and the attention's output. */
  readonly attention: number;
}

/** One transformer layer: what it caches, holds and computes. */
export interface Layer {
  readonly cache: LayerCache;
  readonly weights: LayerWeights;
  readonly widths: LayerWidths;
}

/** The matrices of a layer, as checkpoints choose which of them to quantize. */
export type LayerPart = "attention" | "feedForward" | "experts";

/** How weights are stored other than in the model's number format. */
export interface QuantizedFormat {
  readonly method: "gptq" | "awq" | "fp8" | "int8" | "bitsandbytes" | "nvfp4" | "mxfp4";
  /** Bits of a weight. */
  readonly bits: number;
  /** Weights that share a scale; null = a scale for a whole column or matrix. */
  readonly groupSize: number | null;
}

/** How a checkpoint stores the matrices of its layers. */
export interface Quantization extends QuantizedFormat {
  /** Parts that are stored in another format than the rest; null = in the model's number format. */
  readonly parts?: Readonly<Partial<Record<LayerPart, QuantizedFormat | null>>>;
}

/** The image encoder of a multimodal model. */
export interface Vision {
  readonly parameters: number;
  /** Patches of one image of the largest size that the model takes. */
  readonly tokensPerImage: number;
  /** Elements that the encoder's widest step holds of each patch. */
  readonly widthPerToken: number;
}

/** The number format that the weights come in; float32 checkpoints are served in float16. */
export type WeightFormat = "float32" | "bfloat16" | "float16";

/** Everything about a model that its memory depends on. */
export interface Architecture {
  readonly name: string;
  readonly layers: readonly Layer[];
  /** Query heads. */
  readonly heads: number;
  /** Elements of a head (MLA: the mean of query and value). */
  readonly headDim: number;
  readonly hidden: number;
  readonly vocabulary: number;
  /** Longest context the model was made for, tokens. */
  readonly maxModelLen: number;
  /** Parameters of the token table; the output head has as many unless it is the same table. */
  readonly tokenTable: number;
  readonly tiedEmbeddings: boolean;
  /** Parameters outside the layers besides: learned positions, final norm, projections. */
  readonly otherParameters: number;
  /** Elements of the precomputed rotary table, which vLLM counts as weights; 0 without one. */
  readonly rotaryTable: number;
  readonly vision: Vision | null;
  readonly weightFormat: WeightFormat;
  readonly quantization: Quantization | null;
  /** Of a KV element, where the checkpoint comes with scales for a cache of 8 bits. */
  readonly kvBytesPerElement?: number;
  /** Where the figures come from. */
  readonly source: string;
}
