import type { GpuSpec } from "./specs.ts";

function row(
  name: string,
  memoryGiB: number,
  bandwidthGBps: number,
  tflops: number,
  source: string,
): GpuSpec {
  return { name, memoryGiB, bandwidthGBps, tflops, source };
}

const rows: readonly GpuSpec[] = [
  row("a100-40gb", 39.56, 1555, 312, "NVIDIA A100 data sheet (SXM4 40GB)"),
  row("a100-80gb", 79.15, 2039, 312, "NVIDIA A100 data sheet (SXM4 80GB)"),
  row("h100-80gb", 79.1, 3350, 989.5, "NVIDIA H100 data sheet (SXM5)"),
  row("h100-pcie", 79.1, 2000, 756, "NVIDIA H100 data sheet (PCIe)"),
  row("h200", 139.8, 4800, 989.5, "NVIDIA H200 data sheet (SXM)"),
  row("b200", 178.4, 8000, 2250, "NVIDIA Blackwell data sheet (HGX B200)"),
  row("gh200-96gb", 94.5, 4000, 989.5, "NVIDIA GH200 data sheet (96GB HBM3)"),
  row("l40s", 44.4, 864, 362, "NVIDIA L40S data sheet"),
  row("l4", 22.06, 300, 121, "NVIDIA L4 data sheet"),
  row("a10g", 22.06, 600, 70, "NVIDIA A10G product brief (Amazon EC2 G5)"),
  row("a10", 22.2, 600, 125, "NVIDIA A10 data sheet"),
  row("a6000", 47.5, 768, 154.8, "NVIDIA RTX A6000 data sheet"),
  row("rtx-6000-ada", 47.5, 960, 364.2, "NVIDIA RTX 6000 Ada data sheet"),
  row("t4", 14.56, 320, 65, "NVIDIA T4 data sheet"),
  row("rtx-3090", 23.6, 936, 71, "NVIDIA Ampere GA102 whitepaper (32-bit accumulation)"),
  row("rtx-4090", 23.6, 1008, 165.2, "NVIDIA Ada whitepaper (32-bit accumulation)"),
  row("rtx-5090", 31.85, 1792, 209.5, "NVIDIA Blackwell RTX whitepaper (32-bit accumulation)"),
  row("v100-16gb", 15.77, 900, 125, "NVIDIA V100 data sheet (SXM2)"),
  row("v100-32gb", 31.74, 900, 125, "NVIDIA V100 data sheet (SXM2)"),
  row("mi300x", 191.5, 5300, 1307.4, "AMD Instinct MI300X data sheet"),
];

/** The GPUs that a config may name: memory as the driver reports it, dense 16-bit tensor arithmetic. */
export const gpus: Readonly<Record<string, GpuSpec>> = Object.fromEntries(
  rows.map((gpu) => [gpu.name, gpu]),
);
