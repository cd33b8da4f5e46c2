import { type Capacity, ratioTo } from "../capacity/capacity.ts";
import type { Probe } from "../capacity/probe.ts";
import { type Term, termText } from "../capacity/target.ts";
import type { CapacityReport } from "./capacity-notes.ts";
import { VERSION } from "./version.ts";

/** The answer of `kvsim capacity --json`, every load that was tried included. */
export function capacityJson({ config, axis, target, capacities }: CapacityReport): string {
  const document = {
    schema: "kvsim.capacity/1",
    kvsim: VERSION,
    name: config.name,
    find: axis.name,
    unit: axis.unit,
    slo: target.map(termText),
    seeds: config.seeds,
    allocators: capacities.map((capacity) => allocatorDocument(capacity, target, capacities[0])),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function allocatorDocument(
  capacity: Capacity,
  target: readonly Term[],
  first: Capacity | undefined,
) {
  const { label, edge, isOpen, outside, beyond, limitedBy, growth, probes } = capacity;
  return {
    label,
    load: edge?.load ?? null,
    open: isOpen,
    ratioToFirst: ratioTo(first, capacity),
    limitedBy: outside === null ? null : (outside.failure?.what ?? target[limitedBy]!.path),
    growth,
    edge: edge === null ? null : probeDocument(edge, target),
    beyond: beyond === null ? null : probeDocument(beyond, target),
    probes: probes.map((probe) => probeDocument(probe, target)),
  };
}

function probeDocument({ load, seeds, meets, failure, values }: Probe, target: readonly Term[]) {
  const measured = target.map(({ path }, index) => [path, values[index]] as const);
  const { what = null, cause = null } = failure ?? {};
  return { load, seeds, meets, failure: what, cause, values: Object.fromEntries(measured) };
}
