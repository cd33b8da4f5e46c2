/*
 * The yardstick of the bench: the obvious simulation, token by token, of a paged pool under prefill-first scheduling with recompute
 * preemption (docs/model.md), in plain C99. It keeps what kvsim keeps: block tables over a free stack with reference counts, exact
 * integrals of where the slots are, levels, latency histograms and the fingerprint of all decisions. Only the timeline is left out.
 *
 *   reference REQUESTS SLOTS BLOCK_SIZE WATERMARK_BLOCKS MAX_MODEL_LEN MAX_RUNNING MAX_BATCHED_TOKENS
 *             PREFILL_BASE PREFILL_PER_TOKEN PREFILL_PER_TOKEN_SQUARED [FROM_BATCH BASE PER_CONTEXT_TOKEN PER_SEQUENCE]...
 *
 * REQUESTS is a file of 16 bytes a request: int64 arrival in ns, int32 prompt tokens, int32 output tokens, by arrival. Prefill
 * coefficients are real numbers of ms; the decode coefficients are whole numbers of ticks, 2^-20 ns. Prints `name value` lines.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TICKS_PER_NS (INT64_C(1) << 20)

typedef struct { int64_t ns, ticks; } Time;
typedef struct { int64_t arrivalNs; int32_t promptTokens, outputTokens; } Request;
typedef struct { int64_t fromBatch; Time base, perContextToken, perSequence; } DecodeFit;

/* ---- sums that exceed 64 bits: of amount x ns, and of amount x ticks ---- */

typedef struct { uint64_t nsLow, nsHigh, ticks; } Integral;

static void integrate(Integral *sum, int64_t amount, Time duration) {
  uint64_t product = (uint64_t)amount * (uint64_t)duration.ns;
  sum->nsLow += product;
  sum->nsHigh += sum->nsLow < product;
  sum->ticks += (uint64_t)amount * (uint64_t)duration.ticks;
}

/* ---- exact time ---- */

static Time normalized(int64_t ns, int64_t ticks) {
  return (Time){ns + (ticks >> 20), ticks & (TICKS_PER_NS - 1)};
}

static Time plus(Time a, Time b) { return normalized(a.ns + b.ns, a.ticks + b.ticks); }

static Time minus(Time a, Time b) { return normalized(a.ns - b.ns, a.ticks - b.ticks); }

static Time multiplied(Time a, int64_t n) { return normalized(a.ns * n, a.ticks * n); }

static int before(Time a, Time b) { return a.ns < b.ns || (a.ns == b.ns && a.ticks < b.ticks); }

static Time fromMilliseconds(double milliseconds) {
  double ns = milliseconds * 1000000.0;
  int64_t whole = (int64_t)ns;
  return normalized(whole, (int64_t)((ns - (double)whole) * (double)TICKS_PER_NS + 0.5));
}

/* ---- histograms: 256 bins a doubling, from the double's bits ---- */

#define BINS (128 * 256)
#define FIRST_BIN ((1023 - 64) * 256)

typedef struct { uint32_t bins[BINS]; uint64_t zeros, count; double min, max; } Histogram;

static void record(Histogram *histogram, double value) {
  if (histogram->count == 0 || value < histogram->min) histogram->min = value;
  if (histogram->count == 0 || value > histogram->max) histogram->max = value;
  histogram->count += 1;
  if (value == 0) {
    histogram->zeros += 1;
    return;
  }
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  int64_t bin = (int64_t)(bits >> 44) - FIRST_BIN;
  histogram->bins[bin < 0 ? 0 : bin >= BINS ? BINS - 1 : bin] += 1;
}

static double percentile(const Histogram *histogram, int percent) {
  uint64_t rank = ((uint64_t)percent * histogram->count + 99) / 100;
  uint64_t below = histogram->zeros;
  int64_t bin = -1;
  if (rank < 1) rank = 1;
  if (rank <= below) return 0;
  while (below < rank) below += histogram->bins[++bin];
  uint64_t bits = ((uint64_t)(bin + FIRST_BIN) << 44) | (UINT64_C(1) << 43);
  double middle;
  memcpy(&middle, &bits, sizeof middle);
  return middle < histogram->min ? histogram->min : middle > histogram->max ? histogram->max : middle;
}

/* ---- the fingerprint: two lanes that turn, take in a word and multiply, over the decisions and over the blocks handed out ---- */

typedef struct { uint32_t a, b; } Digest;
static const Digest emptyDigest = {0x9747b28c, 0x3c6ef372};
static Digest decisionDigest = {0x9747b28c, 0x3c6ef372}, blockDigest = {0x9747b28c, 0x3c6ef372};

static void addTo(Digest *digest, uint32_t word) {
  digest->a = ((digest->a << 5 | digest->a >> 27) ^ word) * 0x9e3779b1;
  digest->b = ((digest->b << 15 | digest->b >> 17) + word) * 0x85ebca6b;
}

static void digest(int64_t value) { addTo(&decisionDigest, (uint32_t)value); }

static uint32_t finished(uint32_t state) {
  state = (state ^ state >> 16) * 0x85ebca6b;
  state = (state ^ state >> 13) * 0xc2b2ae35;
  return state ^ state >> 16;
}

enum { ARRIVED = 1, REJECTED, ADMITTED, PREEMPTED = 6, PREFILLED = 8, SEQUENCE_FINISHED, FINISHED, FAILED };

static int64_t decisions;

static void decide(int kind, int64_t request, int64_t atNs) {
  decisions += 1;
  digest(kind + 16 * request);
  digest(atNs);
  digest(atNs >> 32);
}

/* ---- what is simulated ---- */

/* What each token touches comes first. */
typedef struct {
  int64_t written, roomTokens, generated, outputTokens;
  int32_t *table;
  int64_t blocks;
  int64_t request, arrivalNs;
  int64_t promptTokens, finalTokens;
  int64_t admittedNs, firstTokenNs, preemptedNs, preemptedTotalNs;
  int64_t preemptions;
} Sequence;

static int64_t slots, blockSize, watermarkBlocks, maxModelLen, maxRunning, maxBatchedTokens;
static double prefillBase, prefillPerToken, prefillPerTokenSquared;
static DecodeFit fits[16];
static int fitCount;

static Request *requests;
static int64_t requestCount, arrived;

/* The pool. */
static int64_t poolBlocks, freeBlocks, freeBlocksLeast, blocksHandedOut;
static int32_t *freeStack, *references;

/* Running, by arrival; preempted, the last to be admitted first; the rest of `requests` waits behind `nextWaiting`. */
static Sequence **running, **preempted, **unused;
static int64_t runningCount, preemptedCount, unusedCount, waitingCount, nextWaiting;

/* Time, and the iteration under way. */
static Time exactNow, iterationEnd, windowEnd;
static int64_t nowNs;
static int busy, isPrefill, stalled;
static int64_t firstPrefilled;

/* Figures. */
enum { TOKEN_STATES, RESERVED, INTERNAL, REMAINDER, IDLE, SHARES };
static const char *const shareNames[] = {"tokenStates", "reserved", "internal", "remainder", "idle"};
static int64_t held[3];
static Integral integrals[SHARES];
static Integral runningOverTime, waitingOverTime;
static int64_t runningPeak, iterations, decodeIterations, decodedTokens, windowTokens, finishedInWindow;
static int64_t admittedCount, finishedCount, rejectedCount, failedCount;
static int64_t preemptions, requestsPreempted, recomputedTokens;
enum { TTFT, TPOT, END_TO_END, NORMALIZED, QUEUEING, PREEMPTED_TIME, LATENCIES };
static const char *const latencyNames[] = {"ttft", "tpot", "endToEnd", "normalized", "queueing", "preempted"};
static Histogram histograms[LATENCIES];
static Integral latencySums[LATENCIES];
static double realSums[LATENCIES];

static int64_t max(int64_t a, int64_t b) { return a > b ? a : b; }
static int64_t min(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t blocksFor(int64_t tokens) { return (tokens + blockSize - 1) / blockSize; }

/* ---- the pool ---- */

static void pushBlock(Sequence *sequence) {
  int32_t block = freeStack[--freeBlocks];
  references[block] = 1;
  sequence->table[sequence->blocks++] = block;
  sequence->roomTokens += blockSize;
  blocksHandedOut += 1;
  addTo(&blockDigest, (uint32_t)block);
}

static void releaseBlocks(Sequence *sequence) {
  for (int64_t i = 0; i < sequence->blocks; i += 1) {
    int32_t block = sequence->table[i];
    references[block] -= 1;
    if (references[block] == 0) freeStack[freeBlocks++] = block;
  }
  sequence->blocks = 0;
  sequence->roomTokens = 0;
}

/* Adds (1) or takes away (-1) what a sequence holds in the waste table. */
static void book(const Sequence *sequence, int64_t sign) {
  int64_t room = sequence->roomTokens, final = sequence->finalTokens;
  held[TOKEN_STATES] += sign * sequence->written;
  held[RESERVED] += sign * max(0, min(room, final) - sequence->written);
  held[INTERNAL] += sign * max(0, room - max(final, sequence->written));
}

/* ---- figures ---- */

static void advanceLevels(int64_t toNs) {
  int64_t until = min(toNs, windowEnd.ns);
  if (until > nowNs) {
    Time duration = {until - nowNs, 0};
    integrate(&runningOverTime, runningCount, duration);
    integrate(&waitingOverTime, waitingCount, duration);
  }
  nowNs = toNs;
}

/* The pool stays as it is from `exactNow` to `end`. */
static void integrateSpace(Time end, int freeShare) {
  Time until = before(windowEnd, end) ? windowEnd : end;
  if (!before(exactNow, until)) return;
  Time duration = minus(until, exactNow);
  for (int share = TOKEN_STATES; share <= INTERNAL; share += 1)
    integrate(&integrals[share], held[share], duration);
  integrate(&integrals[freeShare], freeBlocks * blockSize, duration);
}

static void recordWhole(int latency, int64_t ns) {
  record(&histograms[latency], (double)ns);
  integrate(&latencySums[latency], 1, (Time){ns, 0});
}

static void recordReal(int latency, double ns) {
  record(&histograms[latency], ns);
  realSums[latency] += ns;
}

static void recordLatencies(const Sequence *sequence) {
  int64_t endToEnd = nowNs - sequence->arrivalNs;
  int64_t asked = sequence->outputTokens;
  recordWhole(TTFT, sequence->firstTokenNs - sequence->arrivalNs);
  recordWhole(END_TO_END, endToEnd);
  recordReal(NORMALIZED, (double)endToEnd / (double)asked);
  recordWhole(QUEUEING, sequence->admittedNs - sequence->arrivalNs);
  recordWhole(PREEMPTED_TIME, sequence->preemptedTotalNs);
  if (asked > 1) recordReal(TPOT, (double)(nowNs - sequence->firstTokenNs) / (double)(asked - 1));
}

/* ---- a scheduling round ---- */

static int isHopeless(const Request *request) {
  return request->promptTokens >= maxModelLen || request->promptTokens > maxBatchedTokens || maxRunning < 1 ||
         blocksFor(request->promptTokens) + watermarkBlocks > poolBlocks;
}

static void fail(Sequence *sequence) {
  failedCount += 1;
  decide(FAILED, sequence->request, nowNs);
  unused[unusedCount++] = sequence;
}

static Sequence *newSequence(int64_t index) {
  const Request *request = &requests[index];
  Sequence *sequence = unused[--unusedCount];
  int32_t *table = sequence->table;
  memset(sequence, 0, sizeof *sequence);
  sequence->table = table;
  sequence->request = index;
  sequence->arrivalNs = request->arrivalNs;
  sequence->promptTokens = request->promptTokens;
  sequence->outputTokens = min(request->outputTokens, maxModelLen - request->promptTokens);
  sequence->finalTokens = sequence->promptTokens + sequence->outputTokens - 1;
  sequence->admittedNs = -1;
  sequence->firstTokenNs = -1;
  sequence->preemptedNs = -1;
  return sequence;
}

static void admit(Sequence *sequence) {
  int64_t need = blocksFor(sequence->promptTokens + sequence->generated);
  for (int64_t i = 0; i < need; i += 1) pushBlock(sequence);
  book(sequence, 1);
  running[runningCount++] = sequence;
  waitingCount -= 1;
  if (sequence->admittedNs < 0) {
    sequence->admittedNs = nowNs;
    admittedCount += 1;
  }
  if (sequence->preemptedNs >= 0) sequence->preemptedTotalNs += nowNs - sequence->preemptedNs;
  sequence->preemptedNs = -1;
  decide(ADMITTED, sequence->request, nowNs);
  digest(0);
}

/* Admits heads of the queue. Returns whether the last one was refused memory. */
static int admitHeads(int64_t *failures) {
  int64_t tokens = 0;
  firstPrefilled = runningCount;
  while (waitingCount > 0) {
    while (preemptedCount == 0 && isHopeless(&requests[nextWaiting])) nextWaiting += 1;
    Sequence *back = preemptedCount > 0 ? preempted[preemptedCount - 1] : NULL;
    int64_t headTokens = back ? back->promptTokens + back->generated : requests[nextWaiting].promptTokens;
    if (back && headTokens > maxBatchedTokens) {
      preemptedCount -= 1;
      waitingCount -= 1;
      *failures += 1;
      fail(back);
      continue;
    }
    if (runningCount + 1 > maxRunning || tokens + headTokens > maxBatchedTokens) return 0;
    if (freeBlocks - blocksFor(headTokens) < watermarkBlocks) return 1;
    tokens += headTokens;
    if (back) preemptedCount -= 1;
    admit(back ? back : newSequence(nextWaiting++));
  }
  return 0;
}

static void preempt(Sequence *victim, int64_t *preemptedNow, int64_t *failures) {
  book(victim, -1);
  releaseBlocks(victim);
  if (blocksFor(victim->promptTokens + victim->generated) + watermarkBlocks > poolBlocks) {
    *failures += 1;
    fail(victim);
    return;
  }
  *preemptedNow += 1;
  decide(PREEMPTED, victim->request, nowNs);
  digest(0);
  digest(victim->written);
  digest(0);
  victim->written = 0;
  victim->preemptedNs = nowNs;
  victim->preemptions += 1;
  preemptions += 1;
  if (victim->preemptions == 1) requestsPreempted += 1;
  preempted[preemptedCount++] = victim;
  waitingCount += 1;
}

/* Gives every running sequence room for its next token, oldest first. Returns whether anybody was refused. */
static int growAll(int64_t *preemptedNow, int64_t *failures) {
  int refused = 0;
  for (int64_t i = 0; i < runningCount; i += 1) {
    Sequence *sequence = running[i];
    if (freeBlocks > 0 && sequence->written < sequence->roomTokens) continue;
    while (freeBlocks < 1 && runningCount > i) {
      refused = 1;
      preempt(running[--runningCount], preemptedNow, failures);
    }
    if (runningCount <= i) break;
    if (sequence->written == sequence->roomTokens) {
      book(sequence, -1);
      pushBlock(sequence);
      book(sequence, 1);
    }
  }
  return refused;
}

static Time prefillTime(void) {
  int64_t tokens = 0, squares = 0;
  for (int64_t i = firstPrefilled; i < runningCount; i += 1) {
    int64_t known = running[i]->promptTokens + running[i]->generated;
    tokens += known;
    squares += known * known;
  }
  return fromMilliseconds(prefillBase + prefillPerToken * (double)tokens + prefillPerTokenSquared * (double)squares);
}

static Time decodeTime(void) {
  int64_t context = held[TOKEN_STATES];
  const DecodeFit *fit = &fits[0];
  for (int i = 0; i < fitCount; i += 1)
    if (fits[i].fromBatch <= runningCount && fits[i].fromBatch >= fit->fromBatch) fit = &fits[i];
  return plus(plus(fit->base, multiplied(fit->perContextToken, context)), multiplied(fit->perSequence, runningCount));
}

static void begin(int refused) {
  iterationEnd = plus(exactNow, isPrefill ? prefillTime() : decodeTime());
  busy = 1;
  iterations += 1;
  if (!isPrefill) {
    decodeIterations += 1;
    decodedTokens += runningCount;
  }
  runningPeak = max(runningPeak, runningCount);
  freeBlocksLeast = min(freeBlocksLeast, freeBlocks);
  integrateSpace(iterationEnd, refused ? REMAINDER : IDLE);
}

static void schedule(void) {
  for (;;) {
    int64_t preemptedNow = 0, failures = 0;
    int refused = admitHeads(&failures);
    isPrefill = runningCount > firstPrefilled;
    if (!isPrefill && growAll(&preemptedNow, &failures)) refused = 1;
    if (runningCount > 0) {
      begin(refused);
      return;
    }
    if (preemptedNow + failures > 0) continue;
    stalled = waitingCount > 0;
    return;
  }
}

/* ---- events ---- */

static void arrive(void) {
  int64_t id = arrived++;
  Time at = {requests[id].arrivalNs, 0};
  advanceLevels(at.ns);
  if (!busy && before(exactNow, at)) {
    integrateSpace(at, IDLE);
    exactNow = at;
  }
  decide(ARRIVED, id, nowNs);
  waitingCount += 1;
  if (!isHopeless(&requests[id])) return;
  decide(REJECTED, id, nowNs);
  waitingCount -= 1;
  rejectedCount += 1;
}

static void finish(Sequence *sequence) {
  decide(SEQUENCE_FINISHED, sequence->request, nowNs);
  digest(0);
  book(sequence, -1);
  releaseBlocks(sequence);
  decide(FINISHED, sequence->request, nowNs);
  finishedCount += 1;
  if (nowNs > 0 && nowNs < windowEnd.ns) finishedInWindow += 1;
  recordLatencies(sequence);
  unused[unusedCount++] = sequence;
}

static void finishPrefill(Sequence *sequence) {
  int64_t tokens = sequence->promptTokens + sequence->generated;
  if (sequence->preemptions > 0) recomputedTokens += tokens;
  sequence->written = tokens;
  held[TOKEN_STATES] += tokens;
  held[RESERVED] -= tokens;
  if (sequence->firstTokenNs < 0) sequence->firstTokenNs = nowNs;
  decide(PREFILLED, sequence->request, nowNs);
  digest(tokens);
}

static void endIteration(void) {
  int64_t kept = isPrefill ? firstPrefilled : 0, count = runningCount;
  advanceLevels(iterationEnd.ns);
  exactNow = iterationEnd;
  busy = 0;
  if (!before(windowEnd, iterationEnd)) windowTokens += count - kept;
  if (!isPrefill) {
    held[TOKEN_STATES] += count;
    held[RESERVED] -= count;
  }
  for (int64_t i = kept; i < count; i += 1) {
    Sequence *sequence = running[i];
    if (isPrefill) finishPrefill(sequence);
    else sequence->written += 1;
    sequence->generated += 1;
    if (sequence->generated < sequence->outputTokens) running[kept++] = sequence;
    else finish(sequence);
  }
  runningCount = kept;
}

static void simulate(void) {
  while (!stalled) {
    if (busy && (arrived == requestCount || iterationEnd.ns <= requests[arrived].arrivalNs)) endIteration();
    else if (arrived < requestCount) arrive();
    else return;
    if (!busy && (arrived == requestCount || requests[arrived].arrivalNs > nowNs)) schedule();
  }
}

/* ---- setting up, and the figures ---- */

static void *allocated(size_t count, size_t size) {
  void *memory = calloc(count > 0 ? count : 1, size);
  if (memory == NULL) exit(3);
  return memory;
}

static void readRequests(const char *path) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) exit(3);
  fseek(file, 0, SEEK_END);
  requestCount = ftell(file) / (int64_t)sizeof(Request);
  rewind(file);
  requests = allocated((size_t)requestCount, sizeof(Request));
  if (fread(requests, sizeof(Request), (size_t)requestCount, file) != (size_t)requestCount) exit(3);
  fclose(file);
}

static void setUp(void) {
  size_t tableBlocks = (size_t)blocksFor(maxModelLen);
  poolBlocks = slots / blockSize;
  freeBlocks = freeBlocksLeast = poolBlocks;
  freeStack = allocated((size_t)poolBlocks, sizeof *freeStack);
  references = allocated((size_t)poolBlocks, sizeof *references);
  for (int64_t block = 0; block < poolBlocks; block += 1) freeStack[block] = (int32_t)block;
  running = allocated((size_t)maxRunning, sizeof *running);
  preempted = allocated((size_t)maxRunning, sizeof *preempted);
  unused = allocated((size_t)maxRunning, sizeof *unused);
  Sequence *sequences = allocated((size_t)maxRunning, sizeof *sequences);
  int32_t *tables = allocated((size_t)maxRunning * tableBlocks, sizeof *tables);
  for (int64_t i = 0; i < maxRunning; i += 1) {
    sequences[i].table = tables + (size_t)i * tableBlocks;
    unused[unusedCount++] = &sequences[i];
  }
  windowEnd = (Time){requestCount > 0 ? requests[requestCount - 1].arrivalNs + 1 : 0, 0};
}

static void printWhole(const char *name, int64_t value) { printf("%s %lld\n", name, (long long)value); }

static void printIntegral(const char *name, Integral sum) {
  printf("%s %llu %llu %llu\n", name, (unsigned long long)sum.nsHigh, (unsigned long long)sum.nsLow, (unsigned long long)sum.ticks);
}

static void printLatencies(void) {
  for (int i = 0; i < LATENCIES; i += 1) {
    const Histogram *histogram = &histograms[i];
    printf("latency.%s %llu %llu %llu %.17g %.17g %.17g %.17g %.17g\n", latencyNames[i], (unsigned long long)histogram->count,
           (unsigned long long)latencySums[i].nsHigh, (unsigned long long)latencySums[i].nsLow, realSums[i],
           percentile(histogram, 50), percentile(histogram, 90), percentile(histogram, 99), histogram->max);
  }
}

static void printFigures(double cpuSeconds) {
  printf("cpuSeconds %.6f\n", cpuSeconds);
  printWhole("arrived", arrived);
  printWhole("admitted", admittedCount);
  printWhole("finished", finishedCount);
  printWhole("rejected", rejectedCount);
  printWhole("failed", failedCount);
  printWhole("stalled", stalled);
  printWhole("iterations", iterations);
  printWhole("decodeIterations", decodeIterations);
  printWhole("decodedTokens", decodedTokens);
  printWhole("blocksHandedOut", blocksHandedOut);
  printWhole("decisions", decisions);
  printWhole("preemptions", preemptions);
  printWhole("requestsPreempted", requestsPreempted);
  printWhole("recomputedTokens", recomputedTokens);
  printWhole("runningPeak", runningPeak);
  printWhole("usedSlotsPeak", slots - freeBlocksLeast * blockSize);
  printWhole("finishedInWindow", finishedInWindow);
  printWhole("windowTokens", windowTokens);
  printWhole("endNs", nowNs);
  Time end = before(exactNow, (Time){nowNs, 0}) ? (Time){nowNs, 0} : exactNow;
  if (before(windowEnd, end)) end = windowEnd;
  printf("window %lld %lld\n", (long long)end.ns, (long long)end.ticks);
  printWhole("levelWindow", min(windowEnd.ns, nowNs));
  for (int share = 0; share < SHARES; share += 1) {
    char name[32];
    snprintf(name, sizeof name, "share.%s", shareNames[share]);
    printIntegral(name, integrals[share]);
  }
  printIntegral("running", runningOverTime);
  printIntegral("waiting", waitingOverTime);
  printLatencies();
  Digest both = emptyDigest;
  addTo(&both, decisionDigest.a);
  addTo(&both, decisionDigest.b);
  addTo(&both, blockDigest.a);
  addTo(&both, blockDigest.b);
  printf("fingerprint %08x%08x\n", (unsigned)finished(both.a), (unsigned)finished(both.b));
}

static Time ticks(const char *text) { return normalized(0, atoll(text)); }

int main(int count, char **values) {
  if (count < 15 || (count - 11) % 4 != 0) return 2;
  int64_t *const numbers[] = {&slots, &blockSize, &watermarkBlocks, &maxModelLen, &maxRunning, &maxBatchedTokens};
  readRequests(values[1]);
  for (int i = 0; i < 6; i += 1) *numbers[i] = atoll(values[2 + i]);
  prefillBase = strtod(values[8], NULL);
  prefillPerToken = strtod(values[9], NULL);
  prefillPerTokenSquared = strtod(values[10], NULL);
  for (int i = 11; i < count && fitCount < 16; i += 4) {
    DecodeFit fit = {atoll(values[i]), ticks(values[i + 1]), ticks(values[i + 2]), ticks(values[i + 3])};
    fits[fitCount++] = fit;
  }
  setUp();
  clock_t start = clock();
  simulate();
  printFigures((double)(clock() - start) / CLOCKS_PER_SEC);
  return 0;
}
