/* Between the terminal and the signal handlers. */
#ifndef CTERMINAL_PRIVATE_H
#define CTERMINAL_PRIVATE_H

#include <stddef.h>

/* Remembers the modes of the terminal, before anything changes them. */
void ct_crash_save_modes(int fd);
/* Remembers the bytes that give the screen back. */
void ct_crash_prepare(int fd, const char *bytes, size_t length);
/* The terminal was given back in an orderly way: nothing to restore any more. */
void ct_crash_forget(void);

#endif
