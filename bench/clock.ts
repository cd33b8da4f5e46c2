const MICROSECONDS_PER_SECOND = 1e6;

/** CPU seconds that this process has used so far, in user and in system mode, garbage collection included. */
export function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / MICROSECONDS_PER_SECOND;
}

/** CPU seconds that some units of work took. */
export interface Taken {
  readonly seconds: number;
  readonly units: number;
}

/** Does work and says what it took. */
export type Task = () => Taken | Promise<Taken>;

/** Does the work and tells how many units that was. */
type Work = () => number | Promise<number>;

/**
 * Work of this process. `prepare` makes what the work needs, outside the clock; what it returns does the work and tells how many units
 * that was.
 */
export function task(prepare: () => Work | Promise<Work>): Task {
  return async () => {
    const work = await prepare();
    const before = cpuSeconds();
    const units = await work();
    return { seconds: cpuSeconds() - before, units };
  };
}

/** How often work is timed. */
export interface Repetitions {
  readonly repetitions: number;
  /** CPU seconds a repetition lasts at least; short work is done several times for it. */
  readonly leastSeconds: number;
  /** Whether a first repetition is thrown away, in which the JavaScript engine gets to know the code. */
  readonly warmUp: boolean;
}

/** How often whole runs are timed, each in a new process. */
export function runRepetitions(quick: boolean): Repetitions {
  return { repetitions: quick ? 1 : 5, leastSeconds: 0, warmUp: false };
}

/** How often short pieces of work are timed, all in this process. */
export function shortRepetitions(quick: boolean): Repetitions {
  return { ...runRepetitions(quick), leastSeconds: quick ? 0 : 0.3, warmUp: !quick };
}

/** CPU seconds a unit of each task, the median over repetitions in which the tasks take turns. */
export async function secondsPerUnit(
  tasks: readonly Task[],
  { repetitions, leastSeconds, warmUp }: Repetitions,
): Promise<number[]> {
  const taken: number[][] = tasks.map(() => []);
  for (let repetition = warmUp ? -1 : 0; repetition < repetitions; repetition += 1) {
    for (const [index, task] of tasks.entries()) {
      const seconds = await averaged(task, leastSeconds);
      if (repetition >= 0) taken[index]!.push(seconds);
    }
  }
  return taken.map(median);
}

async function averaged(task: Task, leastSeconds: number): Promise<number> {
  let seconds = 0;
  let units = 0;
  do {
    const taken = await task();
    seconds += taken.seconds;
    units += taken.units;
  } while (seconds < leastSeconds);
  return seconds / units;
}

/** The middle value, or the mean of the two middle ones; of at least one. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >>> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
