// The bench's load at 30 requests/s as kvsim simulates it (series of iterations, residue classes, closed forms), written for this load
// alone: paged blocks under prefill-first, one sequence a request, memory never short. It keeps block tables, exact integrals, six
// histograms and the fingerprint, and neither draws requests nor makes a timeline: what the way of simulating costs without TypeScript.
//
//   cc -std=c99 -O3 -o epochs bench/epochs.c -lm && ./epochs REQUESTS
//   clang --target=wasm32 -O3 -mbulk-memory -nostdlib -Wl,--no-entry -Wl,--export-all -o epochs.wasm bench/epochs.c
//
// REQUESTS is a file as bench/reference.c reads it; its numbers are whole and below 2^31, but for arrivals. Nothing is checked that the
// load does not need: a run that would need more returns a number above 0.
#include <stdint.h>

enum { BLOCKS = 8192, BLOCK = 16, WATERMARK = 81, MOST_RUNNING = 256, MOST_BATCHED = 4096, MODEL_LENGTH = 2048 };
enum { TABLE = MODEL_LENGTH / BLOCK, RING = 4096, MOST_STEPS = 1024, MOST_REQUESTS = 2000000, BINS = 32768 };
static const double TICKS = 1048576, NEVER = __builtin_inf();
static const double PREFILL_NS = 1e6, PREFILL_PER_TOKEN = 0.01;
static const double DECODE_NS = 4900000, PER_CONTEXT_TOKEN_NS = 10, PER_SEQUENCE_NS = 29000;

typedef struct { int64_t arrivalNs; int32_t prompt, output; } Request;
typedef struct { uint32_t a, b; } Digest;
typedef struct { uint32_t bins[BINS]; double least, most, sum; } Histogram;
// An amount, and Σ change × its time since the base of times: its integral is amount × time less that.
typedef struct { double amount, ns, ticks; } Level;

Request requests[MOST_REQUESTS];
uint32_t fingerprint[2];

// By row: a row is a running request.
static int32_t ids[MOST_RUNNING], prompts[MOST_RUNNING], outputs[MOST_RUNNING], tables[MOST_RUNNING][TABLE], lengths[MOST_RUNNING];
static int32_t writtenBase[MOST_RUNNING], classOf[MOST_RUNNING], nextToEnd[MOST_RUNNING], freeRows[MOST_RUNNING], prefills[MOST_RUNNING];
static double arrivedNs[MOST_RUNNING], admittedNs[MOST_RUNNING], firstTokenNs[MOST_RUNNING];
// By tick: who needs a block, by residue class; who ends, on a ring; slots given then that nobody will write.
static int32_t due[BLOCK][MOST_RUNNING], dueCount[BLOCK], ending[RING], unneeded[RING];
static uint32_t hasEnding[RING / 32];

static int32_t freeBlocks[BLOCKS], freeCount, freeRowCount, running, tick, prefillCount;
static double contextTokens, nowNs, nowTicks, baseNs, moved;
static Level tokenStates, useful, internal, idle, present, busyRequests;
static Digest decisions, blocks;
static Histogram ttft, tpot, endToEnd, normalized, queueing, preempted;

static uint32_t turned(uint32_t word, int bits) { return word << bits | word >> (32 - bits); }

static void mix(Digest *digest, uint32_t word) {
  digest->a = (turned(digest->a, 5) ^ word) * 0x9e3779b1u;
  digest->b = (turned(digest->b, 15) + word) * 0x85ebca6bu;
}

static void decide(uint32_t kind, int32_t id, double atNs) {
  uint64_t ns = (uint64_t)atNs;
  mix(&decisions, kind + 16 * (uint32_t)id);
  mix(&decisions, (uint32_t)ns);
  mix(&decisions, (uint32_t)(ns >> 32));
}

static uint32_t finished(uint32_t state) {
  state = (state ^ state >> 16) * 0x85ebca6bu;
  state = (state ^ state >> 13) * 0xc2b2ae35u;
  return state ^ state >> 16;
}

static void record(Histogram *histogram, double value) {
  union { double value; uint64_t bits; } word = {value};
  histogram->sum += value;
  if (value < histogram->least) histogram->least = value;
  if (value > histogram->most) histogram->most = value;
  int32_t bin = value == 0 ? 0 : (int32_t)(word.bits >> 44) - (1023 - 64) * 256;
  histogram->bins[bin < 0 ? 0 : bin >= BINS ? BINS - 1 : bin] += 1;
}

// `amount` more from now on.
static void change(Level *level, double amount) {
  level->amount += amount;
  level->ns += amount * (nowNs - baseNs);
  level->ticks += amount * nowTicks;
}

static int32_t takeBlock(void) {
  int32_t block = freeBlocks[--freeCount];
  mix(&blocks, (uint32_t)block);
  return block;
}

static void admit(int32_t id, int32_t row) {
  const Request *request = &requests[id];
  int32_t needed = (request->prompt + BLOCK - 1) / BLOCK;
  for (int32_t entry = 0; entry < needed; entry += 1) tables[row][entry] = takeBlock();
  lengths[row] = needed;
  int32_t room = MODEL_LENGTH - request->prompt;
  ids[row] = id;
  prompts[row] = request->prompt;
  outputs[row] = request->output < room ? request->output : room;
  arrivedNs[row] = (double)request->arrivalNs;
  admittedNs[row] = nowNs;
  double held = needed * BLOCK, final = prompts[row] + outputs[row] - 1, used = held < final ? held : final;
  change(&useful, used);
  change(&internal, held - used);
  change(&idle, -held);
  change(&busyRequests, 1);
  decide(3, id, nowNs);
  mix(&decisions, 0);
}

static void finish(int32_t row) {
  decide(9, ids[row], nowNs);
  mix(&decisions, 0);
  decide(10, ids[row], nowNs);
  for (int32_t entry = 0; entry < lengths[row]; entry += 1) freeBlocks[freeCount++] = tables[row][entry];
  freeRows[freeRowCount++] = row;
  double final = prompts[row] + outputs[row] - 1, held = lengths[row] * BLOCK;
  change(&tokenStates, -final);
  change(&useful, -final);
  change(&internal, final - held);
  change(&idle, held);
  change(&busyRequests, -1);
  change(&present, -1);
  double staysNs = nowNs - arrivedNs[row];
  record(&ttft, firstTokenNs[row] - arrivedNs[row]);
  if (outputs[row] > 1) record(&tpot, (nowNs - firstTokenNs[row]) / (outputs[row] - 1));
  record(&endToEnd, staysNs);
  record(&normalized, staysNs / outputs[row]);
  record(&queueing, admittedNs[row] - arrivedNs[row]);
  record(&preempted, 0);
}

// From the next iteration on, a row writes a token in each.
static void start(int32_t row) {
  int32_t id = ids[row], prompt = prompts[row];
  writtenBase[row] = prompt - tick;
  running += 1;
  contextTokens += prompt;
  int32_t place = (tick + outputs[row] - 2) & (RING - 1), before = ending[place];
  if (before < 0 || ids[before] > id) {
    nextToEnd[row] = before;
    ending[place] = row;
  } else {
    while (nextToEnd[before] >= 0 && ids[nextToEnd[before]] < id) before = nextToEnd[before];
    nextToEnd[row] = nextToEnd[before];
    nextToEnd[before] = row;
  }
  hasEnding[place >> 5] |= 1u << (place & 31);
  int32_t class = (lengths[row] * BLOCK - writtenBase[row]) & (BLOCK - 1), at = dueCount[class]++;
  for (; at > 0 && ids[due[class][at - 1]] > id; at -= 1) due[class][at] = due[class][at - 1];
  due[class][at] = row;
  classOf[row] = class;
  int32_t final = prompt + outputs[row] - 1, wholeBlocks = final / BLOCK * BLOCK;
  if (wholeBlocks < final && wholeBlocks >= prompt)
    unneeded[(wholeBlocks - writtenBase[row]) & (RING - 1)] += wholeBlocks + BLOCK - final;
}

static void stop(int32_t row) {
  int32_t class = classOf[row], at = 0;
  running -= 1;
  contextTokens -= writtenBase[row] + tick;
  while (due[class][at] != row) at += 1;
  for (dueCount[class] -= 1; at < dueCount[class]; at += 1) due[class][at] = due[class][at + 1];
}

static void endPrefill(void) {
  for (int32_t at = 0; at < prefillCount; at += 1) {
    int32_t row = prefills[at];
    change(&tokenStates, prompts[row]);
    firstTokenNs[row] = nowNs;
    decide(8, ids[row], nowNs);
    mix(&decisions, (uint32_t)prompts[row]);
    if (outputs[row] == 1) finish(row);
    else start(row);
  }
}

static void endDecodes(int32_t steps) {
  for (int32_t passed = tick; passed < tick + steps; passed += 1) unneeded[passed & (RING - 1)] = 0;
  tick += steps;
  contextTokens += (double)steps * running;
  tokenStates.amount += (double)steps * running;
  int32_t place = (tick - 1) & (RING - 1), row = ending[place];
  if (row < 0) return;
  ending[place] = -1;
  hasEnding[place >> 5] &= ~(1u << (place & 31));
  for (int32_t next; row >= 0; row = next) {
    next = nextToEnd[row];
    stop(row);
    finish(row);
  }
}

// Iterations until somebody ends.
static int32_t stepsToEnd(void) {
  int32_t word = (tick & (RING - 1)) >> 5;
  uint32_t bits = hasEnding[word] & (0xffffffffu << (tick & 31));
  while (bits == 0) bits = hasEnding[word = (word + 1) & (RING / 32 - 1)];
  return ((word * 32 + __builtin_ctz(bits) - tick) & (RING - 1)) + 1;
}

static double lasting(double first, double growth, double steps) { return first * steps + growth * (steps * (steps - 1) / 2); }

// The first step at whose end `ns` have passed, at most `most`.
static int32_t stepsToCover(double first, double growth, double ns, int32_t most) {
  double linear = first - growth / 2;
  int32_t steps = (int32_t)(2 * ns / (linear + __builtin_sqrt(linear * linear + 2 * growth * ns))) + 1;
  steps = steps < 1 ? 1 : steps > most ? most : steps;
  while (steps > 1 && lasting(first, growth, steps - 1) >= ns) steps -= 1;
  while (steps < most && lasting(first, growth, steps) < ns) steps += 1;
  return steps;
}

// Gives blocks for `steps` iterations and adds up when.
static void grow(int32_t steps, double first, double growth) {
  for (int32_t step = 0; step < steps; step += 1) {
    int32_t class = (tick + step) & (BLOCK - 1), count = dueCount[class];
    if (count == 0) continue;
    for (int32_t at = 0; at < count; at += 1) {
      int32_t row = due[class][at];
      tables[row][lengths[row]++] = takeBlock();
    }
    double wasted = unneeded[(tick + step) & (RING - 1)], given = count * BLOCK, atNs = nowNs - baseNs + lasting(first, growth, step);
    idle.amount -= given, idle.ns -= given * atNs, idle.ticks -= given * nowTicks;
    useful.amount += given - wasted, useful.ns += (given - wasted) * atNs, useful.ticks += (given - wasted) * nowTicks;
    internal.amount += wasted, internal.ns += wasted * atNs, internal.ticks += wasted * nowTicks;
  }
  double ends = (double)steps * (steps + 1) / 2, squares = (double)(steps - 1) * steps * (steps + 1) / 6;
  tokenStates.ns += running * (steps * (nowNs - baseNs) + first * ends + growth * squares);
  tokenStates.ticks += (double)running * steps * nowTicks;
}

// Moves what the sums hold out of them before it outgrows the doubles.
static void rebase(void) {
  Level *levels[] = {&tokenStates, &useful, &internal, &idle, &present, &busyRequests};
  for (int at = 0; at < 6; at += 1) {
    moved += levels[at]->amount * (nowNs - baseNs) - levels[at]->ns;
    levels[at]->ns = 0;
  }
  baseNs = nowNs;
}

static void setUp(void) {
  Histogram *histograms[] = {&ttft, &tpot, &endToEnd, &normalized, &queueing, &preempted};
  Level nothing = {0, 0, 0}, all = {BLOCKS * BLOCK, 0, 0};
  for (int at = 0; at < 6; at += 1) {
    for (int bin = 0; bin < BINS; bin += 1) histograms[at]->bins[bin] = 0;
    histograms[at]->least = NEVER, histograms[at]->most = -NEVER, histograms[at]->sum = 0;
  }
  for (int block = 0; block < BLOCKS; block += 1) freeBlocks[block] = block;
  for (int row = 0; row < MOST_RUNNING; row += 1) freeRows[row] = row;
  for (int at = 0; at < RING; at += 1) ending[at] = -1, unneeded[at] = 0, hasEnding[at / 32] = 0;
  for (int class = 0; class < BLOCK; class += 1) dueCount[class] = 0;
  freeCount = BLOCKS, freeRowCount = MOST_RUNNING, running = tick = prefillCount = 0;
  contextTokens = nowNs = nowTicks = baseNs = moved = 0;
  tokenStates = useful = internal = present = busyRequests = nothing, idle = all;
  decisions = blocks = (Digest){0x9747b28c, 0x3c6ef372};
}

// Admits from `head` on who has arrived and has room; returns the tokens of their prompts, or −1 if memory is short.
static int32_t admitWaiting(int32_t *head, int32_t arrived) {
  int32_t tokens = 0;
  for (prefillCount = 0; *head < arrived; *head += 1) {
    int32_t prompt = requests[*head].prompt;
    if (running + prefillCount == MOST_RUNNING || tokens + prompt > MOST_BATCHED) break;
    if (freeCount - (prompt + BLOCK - 1) / BLOCK < WATERMARK) return -1;
    prefills[prefillCount] = freeRows[--freeRowCount];
    admit(*head, prefills[prefillCount++]);
    tokens += prompt;
  }
  return tokens;
}

// Simulates `count` requests. Returns 0, or what the load turned out to need that is not here.
int32_t run(int32_t count) {
  int32_t arrived = 0, head = 0, steps = 0, isPrefill = 0;
  double endNs = NEVER, endTicks = 0;
  setUp();
  for (;;) {
    double arrivalNs = arrived < count ? (double)requests[arrived].arrivalNs : NEVER;
    if (endNs == NEVER && arrivalNs == NEVER) break;
    if (endNs <= arrivalNs) {
      nowNs = endNs, nowTicks = endTicks, endNs = NEVER;
      if (isPrefill) endPrefill();
      else endDecodes(steps);
      if (arrivalNs == nowNs) continue;
    } else {
      if (arrivalNs > nowNs) nowNs = arrivalNs, nowTicks = endNs == NEVER ? 0 : nowTicks;
      if (requests[arrived].prompt >= MODEL_LENGTH || requests[arrived].prompt > MOST_BATCHED) return 1;
      decide(1, arrived++, arrivalNs);
      change(&present, 1);
      if (endNs < NEVER || (arrived < count && requests[arrived].arrivalNs == arrivalNs)) continue;
    }
    if (nowNs - baseNs > 4e9) rebase();
    int32_t tokens = admitWaiting(&head, arrived);
    if (tokens < 0) return 2;
    isPrefill = prefillCount > 0;
    if (isPrefill) {
      double ns = PREFILL_NS * (1 + PREFILL_PER_TOKEN * tokens), whole = __builtin_floor(ns);
      double ticks = nowTicks + __builtin_floor((ns - whole) * TICKS + 0.5), carried = __builtin_floor(ticks / TICKS);
      endNs = nowNs + whole + carried, endTicks = ticks - carried * TICKS;
    } else if (running > 0) {
      double first = DECODE_NS + PER_CONTEXT_TOKEN_NS * contextTokens + PER_SEQUENCE_NS * running;
      double growth = PER_CONTEXT_TOKEN_NS * running, nextNs = arrived < count ? (double)requests[arrived].arrivalNs : NEVER;
      steps = stepsToEnd();
      if (steps > MOST_STEPS) steps = MOST_STEPS;
      if (((steps + BLOCK - 1) / BLOCK + 1) * running > freeCount) return 3;
      if (steps > 1 && nextNs < NEVER) steps = stepsToCover(first, growth, nextNs - nowNs - nowTicks / TICKS, steps);
      grow(steps, first, growth);
      endNs = nowNs + lasting(first, growth, steps), endTicks = nowTicks;
    }
  }
  Digest both = {0x9747b28c, 0x3c6ef372};
  mix(&both, decisions.a), mix(&both, decisions.b), mix(&both, blocks.a), mix(&both, blocks.b);
  fingerprint[0] = finished(both.a), fingerprint[1] = finished(both.b);
  return 0;
}

#ifndef __wasm__
#include <stdio.h>
#include <time.h>

int main(int count, char **values) {
  FILE *file = count == 2 ? fopen(values[1], "rb") : NULL;
  if (file == NULL) return 2;
  int32_t read = (int32_t)fread(requests, sizeof(Request), MOST_REQUESTS, file);
  if (getc(file) != EOF) return 3;
  clock_t before = clock();
  int32_t missing = run(read);
  if (missing > 0) return 10 + missing;
  printf("cpuSeconds %.6f\narrived %d\nfingerprint %08x%08x\n", (double)(clock() - before) / CLOCKS_PER_SEC, read, fingerprint[0], fingerprint[1]);
  return 0;
}
#endif
