const MICROSECONDS_PER_SECOND = 1e6;

/** CPU seconds that this process has used so far, in user and in system mode, garbage collection included. */
export function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / MICROSECONDS_PER_SECOND;
}

/** Work that is timed. */
export interface Task {
  /** Makes what the work needs, outside the clock. What it returns does the work and tells how many units that was. */
  prepare(): () => number;
}

/** How often work is timed. */
export interface Repetitions {
  readonly repetitions: number;
  /** CPU seconds a repetition lasts at least; short work is done several times for it. */
  readonly leastSeconds: number;
  /** Whether a first repetition is thrown away, in which the JavaScript engine gets to know the code. */
  readonly warmUp: boolean;
}

/** CPU seconds a unit of each task, the median over repetitions in which the tasks take turns. */
export function secondsPerUnit(
  tasks: readonly Task[],
  { repetitions, leastSeconds, warmUp }: Repetitions,
): number[] {
  const taken: number[][] = tasks.map(() => []);
  for (let repetition = warmUp ? -1 : 0; repetition < repetitions; repetition += 1) {
    for (const [index, task] of tasks.entries()) {
      const seconds = timed(task, leastSeconds);
      if (repetition >= 0) taken[index]!.push(seconds);
    }
  }
  return taken.map(median);
}

function timed(task: Task, leastSeconds: number): number {
  let seconds = 0;
  let units = 0;
  do {
    const work = task.prepare();
    const before = cpuSeconds();
    units += work();
    seconds += cpuSeconds() - before;
  } while (seconds < leastSeconds);
  return seconds / units;
}

/** The middle value, or the mean of the two middle ones; of at least one. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >>> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
