#ifndef CHOSTSYSTEM_H
#define CHOSTSYSTEM_H

/* What Swift cannot import of the C library: variadic calls and feature-test-guarded ones.
 * Every function returns what the wrapped call returns and leaves errno alone. */

#include <semaphore.h>
#include <sys/types.h>
#include <sys/xattr.h>

/* pipe2(2) with O_CLOEXEC. */
int chost_pipe_cloexec(int descriptors[2]);

/* Starts a program with descriptors 0, 1, 2 as given (all others closed), in a new session
 * when new_session is not 0 (else in a new process group), signals unblocked and reset to their
 * defaults. directory may be NULL. Returns the pid, or -1 with errno set. */
pid_t chost_spawn(const char *path, char *const argv[], char *const envp[],
                  const char *directory, int input, int output, int error, int new_session);

/* Starts a process that sends SIGTERM, then SIGKILL, to a process group as soon as nobody holds the
 * write end of the pipe any more whose descriptor is left in *hold; a byte that is written there ends it
 * in peace. Returns its pid, or -1 with errno set. */
pid_t chost_end_group_with_us(pid_t group, int *hold);

/* fcntl(F_SETFL) with O_NONBLOCK on or off. */
int chost_set_nonblocking(int descriptor, int on);

/* flock(2), repeated when a signal interrupts it; in Swift the name is taken by struct flock. */
int chost_flock(int descriptor, int operation);

/* open(2) with O_PATH, which names a file without a right to read it; a link itself, not its target. */
int chost_open_path(const char *path);

/* openat(2) with O_CLOEXEC. */
int chost_open_at(int directory, const char *path, int flags, mode_t mode);

/* Opens both ends of a pseudo terminal that is nobody's controlling terminal. */
int chost_open_terminal(int *master, int *slave);

/* A socket bound to a path: for datagrams, or listening for streams. */
int chost_listen_unix(const char *path, int datagrams);

/* sem_clockwait(3) on CLOCK_MONOTONIC, at most so many nanoseconds from now. */
int chost_semaphore_wait(sem_t *semaphore, long long nanoseconds);

/* How many processors this process may run on. */
int chost_usable_processors(void);

#endif
