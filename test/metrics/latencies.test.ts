import fc from "fast-check";
import { expect, it } from "vitest";
import { exactRatio } from "../../src/core/exact-ratio.ts";
import { NANOSECONDS_PER_SECOND } from "../../src/core/time.ts";
import { Account } from "../../src/metrics/account.ts";
import { Latencies } from "../../src/metrics/latencies.ts";
import { plainRequest, SequenceGroup } from "../../src/request.ts";

/** The times of a request's life, the first when it arrives. */
const life = fc
  .array(fc.oneof(fc.nat(), fc.maxSafeNat()), { minLength: 4, maxLength: 4 })
  .map((times) => times.sort((a, b) => a - b));

it("has exact means of durations in whole nanoseconds, however long they are together", () => {
  fc.assert(
    fc.property(fc.array(life, { minLength: 1 }), (lives) => {
      const latencies = new Latencies(null);
      for (const [arrivalNs, admittedNs, firstTokenNs, endNs] of lives) {
        const account = new Account();
        const request = plainRequest(0, arrivalNs!, 1, [2]);
        account.open(new SequenceGroup(request), admittedNs!);
        account.emit(firstTokenNs!);
        latencies.count(account, endNs!);
      }
      const mean = (from: number, to: number) => {
        const sum = lives.reduce((total, times) => total + BigInt(times[to]! - times[from]!), 0n);
        return exactRatio(sum, BigInt(lives.length))! / NANOSECONDS_PER_SECOND;
      };
      const { endToEnd, ttft, queueing, preempted } = latencies.result();
      expect(endToEnd.mean).toBe(mean(0, 3));
      expect(ttft.mean).toBe(mean(0, 2));
      expect(queueing.mean).toBe(mean(0, 1));
      expect(preempted.mean).toBe(0);
    }),
  );
});
