// Comparing many bytes at once: one bit of a result stands for one byte, the lowest for the first.
// Swift's own vectors have no cheap way from a comparison to such a number.
#ifndef CBYTESCAN_H
#define CBYTESCAN_H

#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#pragma clang assume_nonnull begin

/// Begins to fetch 192 bytes into the nearest cache; an address that cannot be read does no harm.
static inline __attribute__((always_inline)) void cbytescan_prefetch(const void *bytes) {
  const char *first = (const char *)bytes;
  __builtin_prefetch(first);
  __builtin_prefetch(first + 64);
  __builtin_prefetch(first + 128);
}

/// The same for what stands at one address.
static inline __attribute__((always_inline)) void cbytescan_prefetch_one(const void *address) {
  __builtin_prefetch(address);
}

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

/// Which of the 32 bytes at `bytes` equal `wanted`.
static inline __attribute__((always_inline)) uint32_t
cbytescan_equal32(const void *bytes, uint8_t wanted) {
  const uint8_t *first = (const uint8_t *)bytes;
  return cbytescan_equal16(first, wanted) | cbytescan_equal16(first + 16, wanted) << 16;
}

/// The number of the highest of some bits, of which there must be one.
static inline __attribute__((always_inline)) int64_t cbytescan_highest(uint32_t bits) {
  return 31 - __builtin_clz(bits);
}

/// Which of the 16 bytes at `left` equal those at `right`.
static inline __attribute__((always_inline)) uint32_t
cbytescan_same16(const void *left, const void *right) {
#if defined(__SSE2__)
  __m128i first = _mm_loadu_si128((const __m128i *)left);
  __m128i second = _mm_loadu_si128((const __m128i *)right);
  return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(first, second));
#else
  uint32_t result = 0;
  for (int index = 0; index < 16; index++)
    result |= (uint32_t)(((const uint8_t *)left)[index] == ((const uint8_t *)right)[index])
              << index;
  return result;
#endif
}

/// Which of the 32 bytes at `left` equal those at `right`.
static inline __attribute__((always_inline)) uint32_t
cbytescan_same32(const void *left, const void *right) {
  return cbytescan_same16(left, right) |
         cbytescan_same16((const uint8_t *)left + 16, (const uint8_t *)right + 16) << 16;
}

/// True when the `count` bytes at `left` equal those at `right`; made for a count that the compiler knows.
static inline __attribute__((always_inline)) uint32_t
cbytescan_same(const void *left, const void *right, int64_t count) {
  const uint8_t *first = (const uint8_t *)left, *second = (const uint8_t *)right;
#if defined(__SSE2__)
#define SAME(place)                                                                            \
  _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(first + (place))),                          \
                 _mm_loadu_si128((const __m128i *)(second + (place))))
  if (count >= 16) {
    // Without a branch for each part; the last one may lap over the one before.
    __m128i same = SAME(count - 16);
    for (int64_t place = 0; place + 16 < count; place += 16)
      same = _mm_and_si128(same, SAME(place));
    return _mm_movemask_epi8(same) == 0xFFFF;
  }
#undef SAME
#endif
  return memcmp(first, second, (size_t)count) == 0;
}

/// What a line is compared with by `cbytescan_begins_as`: four parts of 16 bytes. The first one has a
/// zero where a digit is wanted, which in the line may be greater by as much as the limit says.
typedef struct {
  _Alignas(16) uint8_t parts[4][16];
  uint8_t limits[16];
} cbytescan_beginning;

/// True when all the parts stand in a line, each at its place.
static inline __attribute__((always_inline)) uint32_t
cbytescan_begins_as(const void *line, const cbytescan_beginning *other, int64_t first,
                    int64_t second, int64_t third, int64_t fourth) {
  const uint8_t *own = (const uint8_t *)line;
#if defined(__SSE2__)
#define LOAD(place) _mm_loadu_si128((const __m128i *)(own + (place)))
#define PART(bytes) _mm_load_si128((const __m128i *)(bytes))
  // `0` to `9` (30 to 39) differ from `0` in as many as they stand for, all others in more.
  __m128i above = _mm_xor_si128(LOAD(first), PART(other->parts[0]));
  __m128i same = _mm_cmpeq_epi8(_mm_min_epu8(above, PART(other->limits)), above);
  same = _mm_and_si128(same, _mm_cmpeq_epi8(LOAD(second), PART(other->parts[1])));
  same = _mm_and_si128(same, _mm_cmpeq_epi8(LOAD(third), PART(other->parts[2])));
  same = _mm_and_si128(same, _mm_cmpeq_epi8(LOAD(fourth), PART(other->parts[3])));
#undef PART
#undef LOAD
  return _mm_movemask_epi8(same) == 0xFFFF;
#else
  for (int index = 0; index < 16; index++)
    if ((own[first + index] ^ other->parts[0][index]) > other->limits[index]) return 0;
  return memcmp(own + second, other->parts[1], 16) == 0 &&
         memcmp(own + third, other->parts[2], 16) == 0 &&
         memcmp(own + fourth, other->parts[3], 16) == 0;
#endif
}

/// Keeps 16 bytes as one of the parts.
static inline void
cbytescan_keep_part(cbytescan_beginning *beginning, int part, const void *bytes) {
  memcpy(beginning->parts[part], bytes, 16);
}

/// Wants a digit up to `limit` at a place of the first part.
static inline void
cbytescan_want_digit(cbytescan_beginning *beginning, int index, uint8_t limit) {
  beginning->parts[0][index & 15] = 0x30;
  beginning->limits[index & 15] = limit;
}

/// Writes the places of the newlines among the `count` bytes at `bytes`, at most 65,536, to `places`,
/// which has room for one more than `count`; how many there are.
int64_t cbytescan_newlines(const void *bytes, int64_t count, uint16_t *places);

/// The same in one of three ways, numbered from 0, for tests; -1 where the processor does not know it.
int64_t cbytescan_newlines_by(int way, const void *bytes, int64_t count, uint16_t *places);

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

/// The same of 32 bytes.
static inline __attribute__((always_inline)) uint32_t
cbytescan_address_stops32(const void *bytes) {
  return cbytescan_address_stops16(bytes) |
         cbytescan_address_stops16((const uint8_t *)bytes + 16) << 16;
}

/// Drawn once a process, so that nobody outside can prepare names whose hashes collide. The last is
/// what 16 zeros in front of a text add to its hash.
extern _Alignas(16) uint64_t cbytescan_seeds[5];

/// 32 bytes of zeros, then 32 of ones: a mask for any length up to 32.
extern const uint8_t cbytescan_zeros_then_ones[64];

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

/// A seeded hash of `count` bytes; it reads no byte beside them. The last 32 bytes or fewer are taken for 32
/// with zeros in front of them, so that zeros which a text has there itself do not count; no log has such.
static inline uint64_t cbytescan_hash(const void *text, int64_t count) {
  const uint8_t *bytes = (const uint8_t *)text;
  const uint64_t *seeds = cbytescan_seeds;
  uint64_t state = 0, words[4] = {0, 0, 0, 0};
  int64_t left = count;
  for (; left > 32; left -= 32, bytes += 32)
    state = cbytescan_mix(cbytescan_load8(bytes) ^ seeds[0], cbytescan_load8(bytes + 8) ^ state) ^
            cbytescan_mix(cbytescan_load8(bytes + 16) ^ seeds[2],
                          cbytescan_load8(bytes + 24) ^ seeds[3] ^ state);
  if (left > 0) memcpy((uint8_t *)words + 32 - left, bytes, (size_t)left);
  return cbytescan_mix(words[0] ^ seeds[0], words[1] ^ seeds[1] ^ state) ^
         cbytescan_mix(words[2] ^ seeds[2], words[3] ^ seeds[3]);
}

/// Both halves of 16 bytes, those of which the mask is none taken for zeros, mixed with two of the seeds.
static inline __attribute__((always_inline)) uint64_t
cbytescan_mix_masked(const uint8_t *bytes, const uint8_t *mask, const uint64_t *seeds) {
#if defined(__SSE2__)
  // Left to itself the compiler sorts the halves of two such parts anew before it multiplies them.
  __m128i masked = _mm_and_si128(_mm_loadu_si128((const __m128i *)bytes),
                                 _mm_loadu_si128((const __m128i *)mask));
  __m128i mixed = _mm_xor_si128(masked, _mm_load_si128((const __m128i *)seeds));
  return cbytescan_mix((uint64_t)_mm_cvtsi128_si64(mixed),
                       (uint64_t)_mm_cvtsi128_si64(_mm_unpackhi_epi64(mixed, mixed)));
#else
  return cbytescan_mix((cbytescan_load8(bytes) & cbytescan_load8(mask)) ^ seeds[0],
                       (cbytescan_load8(bytes + 8) & cbytescan_load8(mask + 8)) ^ seeds[1]);
#endif
}

/// The same hash of the `count` bytes that end in front of `end`, where 32 bytes in front of it can be read:
/// without a branch for the length of a short one, and without waiting for where it begins.
static inline __attribute__((always_inline)) uint64_t
cbytescan_hash_readable(const void *end, int64_t count) {
  const uint8_t *bytes = (const uint8_t *)end - 32;
  if (__builtin_expect(count > 32, 0)) return cbytescan_hash(bytes + 32 - count, count);
  const uint8_t *mask = cbytescan_zeros_then_ones + count;
  return cbytescan_mix_masked(bytes, mask, cbytescan_seeds) ^
         cbytescan_mix_masked(bytes + 16, mask + 16, cbytescan_seeds + 2);
}

/// The same for what mostly has 16 bytes at most, as an IPv4 address.
static inline __attribute__((always_inline)) uint64_t
cbytescan_hash_short(const void *end, int64_t count) {
  if (__builtin_expect(count > 16, 0)) return cbytescan_hash_readable(end, count);
  return cbytescan_mix_masked((const uint8_t *)end - 16, cbytescan_zeros_then_ones + 16 + count,
                              cbytescan_seeds + 2) ^
         cbytescan_seeds[4];
}

/// Memory for `count` values of `size` bytes, all zero; ends the process where there is none, as
/// Swift's own allocations do.
void *cbytescan_zeros(long count, long size);

/// Gives back what `cbytescan_zeros` gave.
void cbytescan_release(void *memory);

#pragma clang assume_nonnull end

#endif
