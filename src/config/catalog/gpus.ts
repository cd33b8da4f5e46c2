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

/**
 * Memory is what the CUDA driver reports to a program (vLLM's total_gpu_memory), a little less than what is printed on
 * the card. "log" = seen in start-up logs of vLLM; else the card's size less what its siblings lose.
 */
const rows: readonly GpuSpec[] = [
  row(
    "a100-40gb",
    39.56,
    1555,
    312,
    "NVIDIA A100 data sheet (SXM4 40GB); memory: log, 39.49 to 39.56",
  ),
  row(
    "a100-80gb",
    79.15,
    2039,
    312,
    "NVIDIA A100 data sheet (SXM4 80GB); memory: log, 79.15 to 79.25",
  ),
  row("a30", 23.6, 933, 165, "NVIDIA A30 data sheet; memory: 24 GiB card"),
  row("a40", 44.35, 696, 149.7, "NVIDIA A40 data sheet; memory: log, 44.35 to 44.45"),
  row("h100-80gb", 79.1, 3350, 989.5, "NVIDIA H100 data sheet (SXM5); memory: log, 79.1 to 79.2"),
  row("h100-pcie", 79.1, 2000, 756, "NVIDIA H100 data sheet (PCIe); memory: log, 79.1 to 79.2"),
  row("h100-nvl", 93.1, 3900, 835, "NVIDIA H100 NVL data sheet; memory: 94 GB card"),
  row("h200", 139.8, 4800, 989.5, "NVIDIA H200 data sheet (SXM); memory: log, 139.8"),
  row("h20", 95.1, 4000, 148, "NVIDIA H20 product brief; memory: 96 GiB card"),
  row("b200", 178.4, 8000, 2250, "NVIDIA Blackwell data sheet (HGX B200); memory: log, 178.4"),
  row(
    "b300",
    276.6,
    8000,
    2250,
    "NVIDIA Blackwell Ultra data sheet (HGX B300); memory: log, 276.62",
  ),
  row("gh200-96gb", 94.5, 4000, 989.5, "NVIDIA GH200 data sheet (96GB HBM3); memory: 96 GB card"),
  row("l40s", 44.42, 864, 362, "NVIDIA L40S data sheet; memory: log, 44.39 to 44.53"),
  row("l40", 44.42, 864, 181, "NVIDIA L40 data sheet; memory: as the L40S"),
  row("l4", 22.06, 300, 121, "NVIDIA L4 data sheet; memory: log, 22.06"),
  row("a10g", 22.06, 600, 70, "NVIDIA A10G product brief (Amazon EC2 G5); memory: log, 22.06"),
  row("a10", 22.2, 600, 125, "NVIDIA A10 data sheet; memory: 24 GB card with error correction"),
  row("a5000", 23.6, 768, 111.1, "NVIDIA RTX A5000 data sheet; memory: 24 GiB card"),
  row("a6000", 47.5, 768, 154.8, "NVIDIA RTX A6000 data sheet; memory: log, 47.5"),
  row("rtx-6000-ada", 47.5, 960, 364.2, "NVIDIA RTX 6000 Ada data sheet; memory: log, 47.5"),
  row(
    "rtx-pro-6000",
    94.97,
    1792,
    503.8,
    "NVIDIA RTX PRO 6000 Blackwell data sheet; memory: log, 94.97 to 95.01",
  ),
  row("t4", 14.56, 320, 65, "NVIDIA T4 data sheet; memory: log, 14.56"),
  row(
    "rtx-3090",
    23.6,
    936,
    71,
    "NVIDIA Ampere GA102 whitepaper (32-bit accumulation); memory: log, 23.58",
  ),
  row(
    "rtx-4070-ti-super",
    15.6,
    672,
    88.2,
    "NVIDIA Ada whitepaper (32-bit accumulation); memory: 16 GiB card",
  ),
  row(
    "rtx-4080",
    15.6,
    717,
    97.5,
    "NVIDIA Ada whitepaper (32-bit accumulation); memory: 16 GiB card",
  ),
  row(
    "rtx-4090",
    23.6,
    1008,
    165.2,
    "NVIDIA Ada whitepaper (32-bit accumulation); memory: log, 23.55 to 23.67",
  ),
  row(
    "rtx-5080",
    15.5,
    960,
    112.6,
    "NVIDIA Blackwell RTX whitepaper (32-bit accumulation); memory: 16 GiB card",
  ),
  row(
    "rtx-5090",
    31.85,
    1792,
    209.5,
    "NVIDIA Blackwell RTX whitepaper (32-bit accumulation); memory: 31.85, log",
  ),
  row("v100-16gb", 15.77, 900, 125, "NVIDIA V100 data sheet (SXM2); memory: log, 15.77"),
  row("v100-32gb", 31.74, 900, 125, "NVIDIA V100 data sheet (SXM2); memory: log, 31.74"),
  row("mi250x", 63.98, 1638, 191.5, "AMD Instinct MI250X data sheet, one of its two dies"),
  row("mi300x", 191.5, 5300, 1307.4, "AMD Instinct MI300X data sheet; memory: log, 191.69"),
  row("mi325x", 255.7, 6000, 1307.4, "AMD Instinct MI325X data sheet; memory: 256 GB card"),
];

/** The GPUs that a config may name: memory as the driver reports it, dense 16-bit tensor arithmetic. */
export const gpus: Readonly<Record<string, GpuSpec>> = Object.fromEntries(
  rows.map((gpu) => [gpu.name, gpu]),
);
