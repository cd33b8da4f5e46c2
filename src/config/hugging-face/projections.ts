/** What lies between an encoder and the text. */
export interface ProjectionSizes {
  /** Elements that the encoder gives for a patch. */
  readonly width: number;
  /** Patches that become one token. */
  readonly patches: number;
  /** Inner layers of the encoder whose output is handed on too. */
  readonly inner: number;
  /** Width of a gated projection. */
  readonly gated: number;
  /** The text's hidden size. */
  readonly text: number;
}

/** Parameters of the way from the encoder into the text. */
export type Projection = (sizes: ProjectionSizes) => number;

/** Straight into the text's width. */
export const oneMatrix: Projection = ({ width, patches, text }) => patches * width * text;

/** Into the text's width, and once more in it. */
export const perceptron: Projection = (sizes) => oneMatrix(sizes) + sizes.text ** 2;

/** In the width of the merged patches, then into the text's; once more for each inner layer. */
export const merger: Projection = (sizes) =>
  (1 + sizes.inner) * ((sizes.patches * sizes.width) ** 2 + oneMatrix(sizes));

/** Merged patches come back to the width of one. */
export const mergedPerceptron: Projection = (sizes) =>
  sizes.patches * sizes.width ** 2 + perceptron({ ...sizes, patches: 1 });

/** Half of the width goes on: the other half was its gate. */
export const gatedPerceptron: Projection = ({ width, patches, gated, text }) =>
  patches * width * gated + (gated / 2) * text;
