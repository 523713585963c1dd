/*
 * A log-linear histogram of nanoseconds, 256 steps for each power of two: what HdrHistogram calls two
 * to three significant digits. The rig feeds the counts into HdrHistogram itself.
 */
#ifndef GONET_HISTOGRAM_H
#define GONET_HISTOGRAM_H

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { HISTOGRAM_STEPS = 256, HISTOGRAM_SLOTS = HISTOGRAM_STEPS * 40 };

static uint64_t histogram[HISTOGRAM_SLOTS];

static void histogram_clear(void) { memset(histogram, 0, sizeof histogram); }

static void histogram_add(int64_t ns) {
  uint64_t v = ns < 0 ? 0 : (uint64_t)ns;
  int shift = v < 2 * HISTOGRAM_STEPS ? 0 : 63 - __builtin_clzll(v) - 8;
  size_t slot = (size_t)shift * HISTOGRAM_STEPS + (v >> shift);
  histogram[slot < HISTOGRAM_SLOTS ? slot : HISTOGRAM_SLOTS - 1]++;
}

/* The lowest value that falls into the slot. */
static uint64_t histogram_value(size_t slot) {
  if (slot < 2 * HISTOGRAM_STEPS) return slot;
  size_t shift = slot / HISTOGRAM_STEPS - 1;
  return (slot - shift * HISTOGRAM_STEPS) << shift;
}

/* "latency_ns VALUE:COUNT VALUE:COUNT ...", slots without a count left out. */
static void histogram_print(void) {
  printf("latency_ns");
  for (size_t i = 0; i < HISTOGRAM_SLOTS; i++) {
    if (histogram[i]) {
      printf(" %llu:%llu", (unsigned long long)histogram_value(i), (unsigned long long)histogram[i]);
    }
  }
  printf("\n");
}

#endif
