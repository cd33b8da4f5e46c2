import { Clock, NANOSECONDS_PER_SECOND } from "../core/time";
import { Work } from "./latency";

/** Moving KV inside the GPU and over PCIe. */
@final
export class Transfers {
  /** Infinity when the bandwidth is not known: then it is free. */
  gpuBytesPerSecond: f64 = Infinity;
  pcieBytesPerSecond: f64 = Infinity;
  bytesPerToken: f64 = 0;
  copiesPerBlock: f64 = 0;
  secondsPerCopy: f64 = 0;

  /** Moving KV inside the GPU: every byte is read and written once. */
  addCopyTime(to: Clock, work: Work): void {
    if (this.gpuBytesPerSecond === Infinity) return;
    const bytes = 2 * work.copiedTokens * this.bytesPerToken;
    to.addNanoseconds((bytes / this.gpuBytesPerSecond) * NANOSECONDS_PER_SECOND);
  }

  /** Moving blocks over PCIe: a launch for each separate copy, and bytes / bandwidth (Kwon et al., SOSP'23, §7.3). */
  setTransferTime(clock: Clock, work: Work): void {
    clock.setNs(0);
    if (work.swappedBlocks === 0) return;
    const launches = work.swappedBlocks * this.copiesPerBlock * this.secondsPerCopy;
    const bytes = work.swappedTokens * this.bytesPerToken;
    const seconds = launches + bytes / this.pcieBytesPerSecond;
    clock.addNanoseconds(seconds * NANOSECONDS_PER_SECOND);
  }
}
