#define _DEFAULT_SOURCE
#include "CByteScan.h"

#include <sys/random.h>
#include <time.h>

// Most functions stand in the header, so that they are inlined where they are called.

uint64_t cbytescan_seeds[2] = {0xA0761D6478BD642F, 0xE7037ED1A0B428DB};

__attribute__((constructor)) static void draw_seeds(void) {
  // Early at boot the system may have no random bytes yet; then the clock must do.
  if (getrandom(cbytescan_seeds, sizeof cbytescan_seeds, GRND_NONBLOCK) !=
      (ssize_t)sizeof cbytescan_seeds) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    cbytescan_seeds[0] ^= cbytescan_mix((uint64_t)now.tv_nsec, 0x9E3779B97F4A7C15);
  }
}
