import { spawnSync } from "node:child_process";
import { median, runRepetitions } from "./clock.ts";
import { PROJECT } from "./project-config.ts";

/** The command, as a program for {@link medianUsages}. */
export const KVSIM = "dist/src/cli/kvsim.js";

/** What a process used from its start to its end. */
export interface Usage {
  /** In user and in system mode, start-up and garbage collection included. */
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  /** The most memory it had at a time. */
  readonly peakMegabytes: number;
}

/**
 * Loaded before the program: when it ends, it says what it used, in a line behind all that it prints. On Linux maxRSS is at least what
 * the parent held when it forked, so the peak of the process itself is read from /proc.
 */
const REPORTER = `data:text/javascript,${encodeURIComponent(`
import { existsSync, readFileSync, writeSync } from "node:fs";
process.on("exit", () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const status = existsSync("/proc/self/status") ? readFileSync("/proc/self/status", "utf8") : "";
  const kibibytes = Number(/VmHWM:\\s+(\\d+)/.exec(status)?.[1] ?? maxRSS);
  writeSync(2, "\\n" + JSON.stringify({ micros: userCPUTime + systemCPUTime, kibibytes }));
});`)}`;

/** Medians of what programs use, each in processes of its own, that take turns. */
export function medianUsages(programs: readonly string[][], quick: boolean): Usage[] {
  const usages: Usage[][] = programs.map(() => []);
  for (let left = runRepetitions(quick).repetitions; left > 0; left -= 1)
    for (const [index, [program, ...args]] of programs.entries())
      usages[index]!.push(childUsage(program!, ...args));
  return usages.map((repetitions) => ({
    cpuSeconds: median(repetitions.map(({ cpuSeconds }) => cpuSeconds)),
    wallSeconds: median(repetitions.map(({ wallSeconds }) => wallSeconds)),
    peakMegabytes: median(repetitions.map(({ peakMegabytes }) => peakMegabytes)),
  }));
}

/** Runs a program of this project; throws if it fails. */
function childUsage(program: string, ...args: string[]): Usage {
  const before = process.hrtime.bigint();
  const { status, stderr } = spawnSync(process.execPath, ["--import", REPORTER, program, ...args], {
    cwd: PROJECT,
    encoding: "utf8",
  });
  const wallSeconds = Number(process.hrtime.bigint() - before) / 1e9;
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} failed: ${stderr}`);
  const { micros, kibibytes } = JSON.parse(stderr.slice(stderr.lastIndexOf("\n")));
  return { cpuSeconds: micros / 1e6, wallSeconds, peakMegabytes: (kibibytes * 1024) / 1e6 };
}
