// Comparing many bytes at once: one bit of a result stands for one byte, the lowest for the first.
// Swift's own vectors have no cheap way from a comparison to such a number.
#ifndef CBYTESCAN_H
#define CBYTESCAN_H

#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/// Which of the 16 bytes at `bytes` equal `wanted`.
static inline __attribute__((always_inline)) uint32_t
cbytescan_equal16(const void *bytes, uint8_t wanted) {
#if defined(__SSE2__)
  __m128i block = _mm_loadu_si128((const __m128i *)bytes);
  return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(block, _mm_set1_epi8((char)wanted)));
#else
  uint32_t result = 0;
  for (int index = 0; index < 16; index++)
    result |= (uint32_t)(((const uint8_t *)bytes)[index] == wanted) << index;
  return result;
#endif
}

/// Which of the 64 bytes at `bytes` equal `wanted`.
static inline __attribute__((always_inline)) uint64_t
cbytescan_equal64(const void *bytes, uint8_t wanted) {
  const uint8_t *first = (const uint8_t *)bytes;
  return (uint64_t)cbytescan_equal16(first, wanted) |
         (uint64_t)cbytescan_equal16(first + 16, wanted) << 16 |
         (uint64_t)cbytescan_equal16(first + 32, wanted) << 32 |
         (uint64_t)cbytescan_equal16(first + 48, wanted) << 48;
}

/// Which of the 16 bytes at `bytes` end an unquoted address, or say that it is none: `>`, `<`, blank
/// and quote.
static inline __attribute__((always_inline)) uint32_t
cbytescan_address_stops16(const void *bytes) {
#if defined(__SSE2__)
  __m128i block = _mm_loadu_si128((const __m128i *)bytes);
  // `<` (3C) and `>` (3E) differ in one bit, as do blank (20) and quote (22).
  __m128i folded = _mm_or_si128(block, _mm_set1_epi8(0x02));
  __m128i stops = _mm_or_si128(_mm_cmpeq_epi8(folded, _mm_set1_epi8(0x3E)),
                               _mm_cmpeq_epi8(folded, _mm_set1_epi8(0x22)));
  return (uint32_t)_mm_movemask_epi8(stops);
#else
  uint32_t result = 0;
  for (int index = 0; index < 16; index++) {
    uint8_t folded = ((const uint8_t *)bytes)[index] | 0x02;
    result |= (uint32_t)(folded == 0x3E || folded == 0x22) << index;
  }
  return result;
#endif
}

/// Asks for the memory at `address` to be fetched, since it is needed soon.
static inline __attribute__((always_inline)) void cbytescan_prefetch(const void *address) {
  __builtin_prefetch(address, 1);
}

/// Drawn once a process, so that nobody outside can prepare names whose hashes collide.
extern uint64_t cbytescan_seeds[2];

static inline __attribute__((always_inline)) uint64_t
cbytescan_mix(uint64_t left, uint64_t right) {
  unsigned __int128 product = (unsigned __int128)left * right;
  return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline __attribute__((always_inline)) uint64_t cbytescan_load8(const uint8_t *bytes) {
  uint64_t value;
  memcpy(&value, bytes, 8);
  return value;
}

static inline __attribute__((always_inline)) uint64_t cbytescan_load4(const uint8_t *bytes) {
  uint32_t value;
  memcpy(&value, bytes, 4);
  return value;
}

/// A seeded hash of `count` bytes; it reads no byte beside them.
static inline __attribute__((always_inline)) uint64_t
cbytescan_hash(const void *text, int64_t count) {
  const uint8_t *bytes = (const uint8_t *)text;
  uint64_t state = cbytescan_seeds[0] ^ (uint64_t)count;
  uint64_t left = 0, right = 0;
  if (count > 16) {
    const uint8_t *last = bytes + count - 16;
    for (; bytes < last; bytes += 16)
      state = cbytescan_mix(cbytescan_load8(bytes) ^ cbytescan_seeds[1],
                            cbytescan_load8(bytes + 8) ^ state);
    left = cbytescan_load8(last);
    right = cbytescan_load8(last + 8);
  } else if (count >= 8) {
    left = cbytescan_load8(bytes);
    right = cbytescan_load8(bytes + count - 8);
  } else if (count >= 4) {
    left = cbytescan_load4(bytes);
    right = cbytescan_load4(bytes + count - 4);
  } else if (count > 0) {
    left = (uint64_t)bytes[0] << 16 | (uint64_t)bytes[count >> 1] << 8 | bytes[count - 1];
  }
  state = cbytescan_mix(left ^ cbytescan_seeds[1], right ^ state);
  return cbytescan_mix(state ^ 0x9E3779B97F4A7C15, cbytescan_seeds[1] | 1);
}

#endif
