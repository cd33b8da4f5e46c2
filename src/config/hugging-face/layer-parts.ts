import type { LayerPart } from "../catalog/architecture.ts";

/** How modules of each part are called, alone or in a pattern; a part is meant where its first matrix is. */
const MODULES: Readonly<Record<LayerPart, RegExp>> = {
  attention: /(?:attn|attention)\W*(?:$|q(?!_norm))/,
  feedForward: /(?:mlp|feed_forward)\W*(?:$|gate_proj|gate_up_proj|\(gate)/,
  experts:
    /(?:mlp|feed_forward|block_sparse_moe|(?<!shared_)experts)\W*$|(?<!shared_)experts\W+(?:\d|gate|\(gate)/,
};

/** Every part of a layer. */
export const layerParts = Object.keys(MODULES) as LayerPart[];

/** Lists that name fewer layers one by one leave out the first or last ones, not a part of all. */
const FEW_LAYERS = 8;

/** The parts that a checkpoint's list of modules (`re:.*self_attn.*`, `model.layers.0.mlp.gate_proj`) names in most layers. */
export function partsNamed(modules: readonly string[]): LayerPart[] {
  const last = modules.reduce((most, module) => Math.max(most, layerOf(module) ?? 0), 0);
  return layerParts.filter((part) => {
    const named = modules.filter((module) => !module.includes("(?!") && MODULES[part].test(module));
    const layers = new Set(named.map(layerOf));
    return layers.has(null) || (layers.size >= FEW_LAYERS && 2 * layers.size > last);
  });
}

/** The layer of a module; null for a pattern that is of all. */
function layerOf(module: string): number | null {
  const [, index] = /\.(\d+)\./.exec(module) ?? [];
  return index === undefined ? null : Number(index);
}
