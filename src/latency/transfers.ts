import type { TransferConfig } from "../config/config.ts";
import {
  type ExactTime,
  fromNanoseconds,
  NANOSECONDS_PER_SECOND,
  ZERO_TIME,
} from "../core/time.ts";
import type { Work } from "./latency.ts";

/** Moving KV inside the GPU: every byte is read and written once. Free when the bandwidth is not known. */
export function copyTime(config: TransferConfig, work: Work): ExactTime {
  if (config.gpuBytesPerSecond === null) return ZERO_TIME;
  const bytes = 2 * work.copiedTokens * config.bytesPerToken;
  return fromNanoseconds((bytes / config.gpuBytesPerSecond) * NANOSECONDS_PER_SECOND);
}

/** Moving blocks over PCIe: a launch for each separate copy, and bytes / bandwidth (Kwon et al., SOSP'23, §7.3). */
export function transferTime(config: TransferConfig, work: Work): ExactTime {
  if (work.swappedBlocks === 0) return ZERO_TIME;
  const launches = work.swappedBlocks * config.copiesPerBlock * config.secondsPerCopy;
  const bytes = work.swappedTokens * config.bytesPerToken;
  const seconds = launches + bytes / config.pcieBytesPerSecond;
  return fromNanoseconds(seconds * NANOSECONDS_PER_SECOND);
}

/** Whether the work has a part that only its first iteration pays for. */
export function happensOnce(work: Work): boolean {
  return work.prefillTokens > 0 || work.copiedTokens > 0 || work.swappedBlocks > 0;
}
