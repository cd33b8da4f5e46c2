import { NANOSECONDS_PER_SECOND } from "../core/time";
import { Account } from "./account";
import { Histogram } from "./histograms";

/** Latencies of finished requests, as docs/model.md defines them. */
@final
export class Latencies {
  readonly ttft: Histogram = new Histogram();
  readonly tpot: Histogram = new Histogram();
  readonly endToEnd: Histogram = new Histogram();
  readonly normalized: Histogram = new Histogram();
  readonly queueing: Histogram = new Histogram();
  readonly preempted: Histogram = new Histogram();
  /** Counted requests that met the objective. */
  good: f64 = 0;
  private readonly ttftSeconds: f64;
  private readonly tpotSeconds: f64;

  /** The objective; NaN without one, which nobody meets. */
  constructor(ttftSeconds: f64, tpotSeconds: f64) {
    this.ttftSeconds = ttftSeconds;
    this.tpotSeconds = tpotSeconds;
  }

  /** Counts a request that has finished. Those of one token have no TPOT. */
  count(account: Account, finishedNs: f64): void {
    const stayNs = finishedNs - account.arrivalNs;
    const ttftNs = account.firstTokenNs - account.arrivalNs;
    let tpotNs: f64 = 0;
    if (account.outputTokens > 1) {
      tpotNs = (finishedNs - account.firstTokenNs) / (account.outputTokens - 1);
      this.tpot.add(tpotNs);
    }
    this.ttft.addWhole(ttftNs);
    this.endToEnd.addWhole(stayNs);
    this.normalized.add(stayNs / account.outputTokens);
    this.queueing.addWhole(account.admittedNs - account.arrivalNs);
    this.preempted.addWhole(account.preemptedNs);
    const inTime = ttftNs / NANOSECONDS_PER_SECOND <= this.ttftSeconds;
    if (inTime && tpotNs / NANOSECONDS_PER_SECOND <= this.tpotSeconds) this.good += 1;
  }
}
