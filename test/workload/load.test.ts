import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { WorkloadConfig } from "../../src/config/config.ts";
import type { Request } from "../../src/request.ts";
import { loadWorkload, type Workload } from "../../src/workload/index.ts";
import { tracesFolder } from "../traces-folder.ts";
import { temporaryFiles } from "./temporary-files.ts";

const files = temporaryFiles();

const base: WorkloadConfig = {
  requests: 200,
  durationNs: null,
  arrivals: { process: "poisson", rate: 4 },
  lengths: { kind: "dataset", dataset: "sharegpt-sosp23" },
  n: 1,
  prefix: null,
  trace: null,
};

const load = (change: Partial<WorkloadConfig>): Promise<Workload> =>
  loadWorkload({ workload: { ...base, ...change }, maxModelLen: 2048 });

function requestsOf(workload: Workload, seed = 1): Request[] {
  const stream = workload.open(seed);
  const requests: Request[] = [];
  for (let next = stream.nextArrival(); next !== null; next = stream.nextArrival())
    requests.push(stream.create(requests.length, next));
  return requests;
}

describe("a workload", () => {
  it("gives the same requests for the same seed, and others for another", async () => {
    const workload = await load({});
    expect(workload.expectedRequests).toBe(200);
    expect(requestsOf(workload)).toEqual(requestsOf(workload));
    expect(requestsOf(workload)).not.toEqual(requestsOf(workload, 2));
  });

  it("keeps its lengths when its arrivals change, and the other way round", async () => {
    const lengths = (requests: Request[]) =>
      requests.map(({ promptTokens, outputTokens }) => [promptTokens, ...outputTokens]);
    const times = (requests: Request[]) => requests.map(({ arrivalNs }) => arrivalNs);
    const poisson = requestsOf(await load({}));
    const bursty = { process: "bursty", rate: 4, burst: 3, onSeconds: 5 } as const;
    expect(lengths(requestsOf(await load({ arrivals: bursty })))).toEqual(lengths(poisson));
    const alpaca = { kind: "dataset", dataset: "alpaca" } as const;
    expect(times(requestsOf(await load({ lengths: alpaca, n: 3 })))).toEqual(times(poisson));
  });

  it("numbers requests in order of arrival, each with n outputs", async () => {
    const requests = requestsOf(await load({ n: 4 }));
    requests.forEach((request, i) => {
      expect(request.id).toBe(i);
      expect(request.outputTokens).toHaveLength(4);
      expect(request.arrivalNs).toBeGreaterThanOrEqual(requests[i - 1]?.arrivalNs ?? 0);
      expect(request).toMatchObject({ content: null, outputContent: null, user: null });
      expect(request.priority).toBe(0);
    });
  });

  it("rounds cumulative time once: a high rate stays that rate", async () => {
    const requests = requestsOf(
      await load({ requests: 20_000, arrivals: { process: "deterministic", rate: 3e8 } }),
    );
    expect(requests.at(-1)!.arrivalNs).toBe(Math.round((19_999 / 3e8) * 1e9));
  });

  it("ends after its duration, its length not being known before", async () => {
    const workload = await load({ requests: null, durationNs: 10e9 });
    const requests = requestsOf(workload);
    expect(workload.expectedRequests).toBeNull();
    expect(requests.length).toBeGreaterThan(20);
    expect(requests.at(-1)!.arrivalNs).toBeLessThanOrEqual(10e9);
  });

  it("has its users' requests in a closed loop", async () => {
    const closed = { process: "closed", users: 3, thinkSeconds: 1 } as const;
    const stream = (await load({ arrivals: closed, requests: 5 })).open(1);
    const first = stream.create(0, stream.nextArrival()!);
    expect([0, 1, 2]).toContain(first.user);
    const atNs = stream.nextOfUser(first.user!, 5e9)!;
    expect(stream.create(1, { atNs, user: first.user })).toMatchObject({ user: first.user, id: 1 });
  });

  it("refuses lengths that a cut leaves nothing of before anything runs", async () => {
    const law = { kind: "constant", value: 5 } as const;
    const prompt = { law, min: 6, max: null };
    const lengths = { kind: "independent", prompt, output: { law, min: null, max: null } } as const;
    await expect(load({ lengths })).rejects.toThrow(/workload.lengths.prompt: .* from 6 to any/);
  });

  it("refuses turns that a cut leaves nothing of before anything runs", async () => {
    const turns = { law: { kind: "constant", value: 5 }, min: 6, max: 7 } as const;
    const prefix = { sharedTokens: 0, pool: 1, zipf: 0, conversations: { turns, thinkSeconds: 0 } };
    await expect(load({ prefix })).rejects.toThrow(/workload.prefix.turns: .* from 6 to 7/);
  });

  it("crashes on requests that are created out of order", async () => {
    const stream = (await load({})).open(1);
    expect(() => stream.create(1, { atNs: 0, user: null })).toThrow(/out of order/);
  });
});

describe("a shared system prompt", () => {
  const prefix = { sharedTokens: 100, pool: 4, zipf: 1, conversations: null };

  it("stands in front of the same requests", async () => {
    const plain = requestsOf(await load({ n: 2 }));
    const shared = requestsOf(await load({ n: 2, prefix }));
    const bare = shared.map((request) => ({
      ...request,
      promptTokens: request.promptTokens - 100,
      ...{ content: null, outputContent: null },
    }));
    expect(bare).toEqual(plain);
  });

  it("is one of the pool, and the rest is the request's own", async () => {
    const requests = requestsOf(await load({ prefix }));
    for (const { promptTokens, content, outputContent } of requests) {
      const [system, own] = content!;
      expect(content).toHaveLength(2);
      expect(system).toMatchObject({ offset: 0, length: 100 });
      expect(own).toMatchObject({ offset: 0, length: promptTokens - 100 });
      expect(outputContent).toEqual({ contentId: own!.contentId, offset: own!.length });
    }
    const systems = requests.map(({ content }) => content![0]!.contentId);
    expect([...new Set(systems)].sort()).toEqual([0, 1, 2, 3]);
    const own = requests.map(({ content }) => content![1]!.contentId);
    expect(new Set(own).size).toBe(200);
    expect(Math.min(...own)).toBe(4);
  });

  it("serves a closed loop too", async () => {
    const arrivals = { process: "closed", users: 3, thinkSeconds: 1 } as const;
    const stream = (await load({ arrivals, prefix })).open(1);
    const first = stream.create(0, stream.nextArrival()!);
    expect(first.content![0]).toMatchObject({ length: 100 });
    expect(stream.nextOfUser(first.user!, 5e9)).toBeGreaterThan(5e9);
  });
});

describe("a workload from a trace", () => {
  const path = files.write(
    "trace.csv",
    "arrival,prompt,output,n,priority\n1,10,4,1,0\n2,20,5,2,7\n3,30,6,1,0\n",
  );
  const trace = { path, format: "generic", timeScale: 1 } as const;
  const replay = { requests: null, arrivals: null, lengths: null, trace };

  it("replays its times, lengths, sequences and priorities", async () => {
    const workload = await load(replay);
    expect(workload.expectedRequests).toBe(3);
    expect(requestsOf(workload)).toMatchObject([
      { arrivalNs: 1e9, promptTokens: 10, outputTokens: [4], priority: 0 },
      { arrivalNs: 2e9, promptTokens: 20, outputTokens: [5, 5], priority: 7 },
      { arrivalNs: 3e9, promptTokens: 30, outputTokens: [6], priority: 0 },
    ]);
  });

  it("stretches time, and ends at the number of requests or the duration", async () => {
    const slow = await load({ ...replay, trace: { ...trace, timeScale: 2.5 } });
    expect(requestsOf(slow).map(({ arrivalNs }) => arrivalNs)).toEqual([2.5e9, 5e9, 7.5e9]);
    expect(requestsOf(await load({ ...replay, requests: 2 }))).toHaveLength(2);
    expect(requestsOf(await load({ ...replay, durationNs: 1e9 }))).toHaveLength(1);
  });

  it("may get its times, or its lengths, from elsewhere", async () => {
    const arrivals = { process: "deterministic", rate: 10 } as const;
    expect(requestsOf(await load({ ...replay, arrivals }))).toMatchObject([
      { arrivalNs: 0, promptTokens: 10 },
      { arrivalNs: 1e8, promptTokens: 20 },
      { arrivalNs: 2e8, promptTokens: 30 },
    ]);
    const law = { law: { kind: "constant", value: 8 }, min: null, max: null } as const;
    const lengths = { kind: "independent", prompt: law, output: law } as const;
    expect(requestsOf(await load({ ...replay, lengths }))).toMatchObject([
      { arrivalNs: 1e9, promptTokens: 8, outputTokens: [8] },
      { arrivalNs: 2e9, promptTokens: 8, outputTokens: [8, 8] },
      { arrivalNs: 3e9, promptTokens: 8, outputTokens: [8] },
    ]);
  });

  it("needs times from somewhere", async () => {
    const untimed = files.write("untimed.csv", "prompt,output\n1,1");
    await expect(load({ ...replay, trace: { ...trace, path: untimed } })).rejects.toThrow(
      `${untimed}:1:1: found no arrival times, expected some, or \`workload.arrivals\``,
    );
  });
});

describe.skipIf(!existsSync(tracesFolder()))("a real trace", () => {
  it("azure, conversations: replays every row", async () => {
    const path = join(tracesFolder(), "azure23_conv.csv.gz");
    const trace = { path, format: "azure", timeScale: 1 } as const;
    const requests = requestsOf(
      await load({ requests: null, arrivals: null, lengths: null, trace }),
    );
    expect(requests).toHaveLength(19_366);
    expect(requests[0]).toMatchObject({ arrivalNs: 0, promptTokens: 374, outputTokens: [44] });
    expect(requests[1]!.arrivalNs).toBe(4_314_579_000);
  });
});
