#define _DEFAULT_SOURCE
#include "CByteScan.h"

#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

// Most functions stand in the header, so that they are inlined where they are called.

_Alignas(16) uint64_t cbytescan_seeds[5] = {0xA0761D6478BD642F, 0xE7037ED1A0B428DB,
                                            0x8EBC6AF09C88C6E3, 0x589965CC75374CC3, 0};

#define EIGHT(byte) byte, byte, byte, byte, byte, byte, byte, byte
#define THIRTY_TWO(byte) EIGHT(byte), EIGHT(byte), EIGHT(byte), EIGHT(byte)
// In one line of the cache, so that no mask lies in two.
_Alignas(64) const uint8_t cbytescan_zeros_then_ones[64] = {THIRTY_TWO(0), THIRTY_TWO(0xFF)};

static int64_t
rest_of_newlines(const uint8_t *bytes, int64_t place, int64_t count, uint16_t *places) {
  int64_t found = 0;
  for (; place < count; place++)
    if (bytes[place] == 0x0A) places[found++] = (uint16_t)place;
  return found;
}

// Mostly there is no newline or one in 64 bytes: both are written without a branch, which would be
// guessed wrong once a line.

static int64_t newlines_anywhere(const void *bytes, int64_t count, uint16_t *places) {
  const uint8_t *first = (const uint8_t *)bytes;
  int64_t found = 0, place = 0;
  for (; place + 64 <= count; place += 64) {
    uint64_t newlines = cbytescan_equal64(first + place, 0x0A);
    places[found] = (uint16_t)(place + __builtin_ctzll(newlines | 1ULL << 63));
    found += newlines != 0;
    while (__builtin_expect((newlines &= newlines - 1) != 0, 0))
      places[found++] = (uint16_t)(place + __builtin_ctzll(newlines));
  }
  return found + rest_of_newlines(first, place, count, places + found);
}

static int64_t (*newlines)(const void *, int64_t, uint16_t *) = newlines_anywhere;

int64_t cbytescan_newlines(const void *bytes, int64_t count, uint16_t *places) {
  return newlines(bytes, count, places);
}

#if defined(__x86_64__)
#include <immintrin.h>

/// Writes down the rest of the newlines of one stretch of 64 bytes.
__attribute__((noinline, cold)) static void
write_down_more(uint64_t newlines, int64_t place, uint16_t *places) {
  for (; newlines != 0; newlines &= newlines - 1)
    *places++ = (uint16_t)(place + __builtin_ctzll(newlines));
}

/// Writes down where the newlines of one stretch of 64 bytes are; what follows goes to the address that is
/// returned. Without a newline it writes what the next stretch overwrites.
static inline __attribute__((always_inline, target("bmi,popcnt"))) uint16_t *
write_down(uint64_t newlines, int64_t place, uint16_t *places) {
  places[0] = (uint16_t)(place + (int64_t)_tzcnt_u64(newlines));
  uint64_t more = newlines & (newlines - 1);
  if (__builtin_expect(more != 0, 0)) write_down_more(more, place, places + 1);
  return places + __builtin_popcountll(newlines);
}

static inline __attribute__((always_inline, target("avx2"))) uint64_t
newlines64_avx2(const uint8_t *bytes) {
  const __m256i wanted = _mm256_set1_epi8(0x0A);
  __m256i low = _mm256_loadu_si256((const __m256i *)bytes);
  __m256i high = _mm256_loadu_si256((const __m256i *)(bytes + 32));
  return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, wanted)) |
         (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, wanted)) << 32;
}

static inline __attribute__((always_inline, target("avx512bw"))) uint64_t
newlines64_avx512(const uint8_t *bytes) {
  return _mm512_cmpeq_epi8_mask(_mm512_loadu_si512(bytes), _mm512_set1_epi8(0x0A));
}

#define NEWLINES_BY(name, features, newlines64)                                                \
  __attribute__((target(features))) static int64_t name(const void *bytes, int64_t count,      \
                                                        uint16_t *places) {                    \
    const uint8_t *first = (const uint8_t *)bytes;                                             \
    uint16_t *next = places;                                                                   \
    int64_t place = 0;                                                                         \
    for (const int64_t last = count - 128; place <= last; place += 128) {                      \
      uint64_t near = newlines64(first + place), far = newlines64(first + place + 64);         \
      next = write_down(near, place, next);                                                    \
      next = write_down(far, place + 64, next);                                                \
    }                                                                                          \
    return next - places + rest_of_newlines(first, place, count, next);                        \
  }

NEWLINES_BY(newlines_avx2, "avx2,bmi,popcnt", newlines64_avx2)
NEWLINES_BY(newlines_avx512, "avx512bw,bmi,popcnt", newlines64_avx512)

static int knows_avx2(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
         __builtin_cpu_supports("popcnt");
}

static int knows_avx512(void) { return __builtin_cpu_supports("avx512bw") && knows_avx2(); }

__attribute__((constructor)) static void choose(void) {
  __builtin_cpu_init();
  if (knows_avx512())
    newlines = newlines_avx512;
  else if (knows_avx2())
    newlines = newlines_avx2;
}
#endif

int64_t
cbytescan_newlines_by(int way, const void *bytes, int64_t count, uint16_t *places) {
  switch (way) {
  case 0: return newlines_anywhere(bytes, count, places);
#if defined(__x86_64__)
  case 1: return knows_avx2() ? newlines_avx2(bytes, count, places) : -1;
  case 2: return knows_avx512() ? newlines_avx512(bytes, count, places) : -1;
#endif
  default: return -1;
  }
}

__attribute__((constructor)) static void draw_seeds(void) {
  // Early at boot the system may have no random bytes yet; then the clock must do.
  if (getrandom(cbytescan_seeds, sizeof cbytescan_seeds, GRND_NONBLOCK) !=
      (ssize_t)sizeof cbytescan_seeds) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    cbytescan_seeds[0] ^= cbytescan_mix((uint64_t)now.tv_nsec, 0x9E3779B97F4A7C15);
  }
  cbytescan_seeds[4] = cbytescan_mix(cbytescan_seeds[0], cbytescan_seeds[1]);
}

void *cbytescan_zeros(long count, long size) {
  void *memory = calloc((size_t)count, (size_t)size);
  if (memory == NULL) abort();
  return memory;
}

void cbytescan_release(void *memory) { free(memory); }
