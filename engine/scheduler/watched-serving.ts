import { Growth } from "../core/growth";
import * as host from "../host";
import { Price } from "../latency/latency";
import { Group } from "../request";
import { Serving } from "./serving";

/** The same serving side, of which the host is told when its memory may have changed. No answer is changed. */
@final
export class WatchedServing extends Serving {
  private readonly inner: Serving;

  constructor(inner: Serving) {
    super(inner.work, inner.ending);
    this.inner = inner;
  }

  get present(): i32 {
    return this.inner.present;
  }

  newcomer(): Group {
    return this.inner.newcomer();
  }

  arrive(group: Group): void {
    this.inner.arrive(group);
  }

  next(atNs: f64): bool {
    const inner = this.inner;
    const goesOn = inner.next(atNs);
    this.firstTokens = inner.firstTokens;
    this.freeShare = inner.freeShare;
    if (!goesOn) host.changed();
    return goesOn;
  }

  quietIterations(price: Price): i32 {
    return this.inner.quietIterations(price);
  }

  get heedsArrivals(): bool {
    return this.inner.heedsArrivals;
  }

  grow(steps: i32): Growth {
    const growth = this.inner.grow(steps);
    host.changed();
    return growth;
  }

  complete(steps: i32, atNs: f64): void {
    this.inner.complete(steps, atNs);
    host.changed();
  }
}
