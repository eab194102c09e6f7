#define _GNU_SOURCE
#include "CHostSystem.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

int chost_pipe_cloexec(int descriptors[2]) { return pipe2(descriptors, O_CLOEXEC); }

pid_t chost_spawn(const char *path, char *const argv[], char *const envp[],
                  const char *directory, int input, int output, int error, int new_session) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t none, all;
  pid_t pid = -1;
  int wanted[3] = {input, output, error};
  int result = posix_spawn_file_actions_init(&actions);
  if (result != 0) {
    errno = result;
    return -1;
  }
  result = posix_spawnattr_init(&attributes);
  if (result != 0) {
    posix_spawn_file_actions_destroy(&actions);
    errno = result;
    return -1;
  }
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                               (new_session ? POSIX_SPAWN_SETSID : POSIX_SPAWN_SETPGROUP));
  for (int target = 0; result == 0 && target < 3; target++)
    result = posix_spawn_file_actions_adddup2(&actions, wanted[target], target);
  if (result == 0)
    result = posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  if (result == 0 && directory != NULL)
    result = posix_spawn_file_actions_addchdir_np(&actions, directory);
  if (result == 0)
    result = posix_spawn(&pid, path, &actions, &attributes, argv, envp);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (result != 0) {
    errno = result;
    return -1;
  }
  return pid;
}

/* In the child of a program with threads: only what signal-safety(7) allows. Every signal stays blocked: no
 * handler of the program runs here on descriptors that both share, and what ends the program by a signal
 * to each of its processes does not end the one that has to clean up behind it. */
static void end_group_at_end_of(int input, pid_t group) {
  struct timespec while_it_ends = {0, 500000000};
  char byte;
  ssize_t count;
  setsid();
  if (chdir("/") != 0 || dup2(input, 0) < 0)
    _exit(1);
  closefrom(1);
  do
    count = read(0, &byte, 1);
  while (count < 0 && errno == EINTR);
  if (count == 0) {
    kill(-group, SIGTERM);
    nanosleep(&while_it_ends, NULL);
    kill(-group, SIGKILL);
  }
  _exit(0);
}

pid_t chost_end_group_with_us(pid_t group, int *hold) {
  int ends[2];
  int reason;
  pid_t pid;
  sigset_t all, before;
  *hold = -1;
  if (pipe2(ends, O_CLOEXEC) != 0)
    return -1;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pid = fork();
  if (pid == 0)
    end_group_at_end_of(ends[0], group);
  reason = errno;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  close(ends[0]);
  if (pid < 0)
    close(ends[1]);
  else
    *hold = ends[1];
  errno = reason;
  return pid;
}

int chost_set_nonblocking(int descriptor, int on) {
  int flags = fcntl(descriptor, F_GETFL);
  if (flags < 0)
    return -1;
  return fcntl(descriptor, F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK);
}

int chost_flock(int descriptor, int operation) {
  return TEMP_FAILURE_RETRY(flock(descriptor, operation));
}

int chost_open_path(const char *path) {
  return TEMP_FAILURE_RETRY(open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC));
}

int chost_open_at(int directory, const char *path, int flags, mode_t mode) {
  return openat(directory, path, flags | O_CLOEXEC, mode);
}

int chost_open_terminal(int *master, int *slave) {
  *master = TEMP_FAILURE_RETRY(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (*master < 0)
    return -1;
  char name[64];
  if (grantpt(*master) == 0 && unlockpt(*master) == 0 &&
      ptsname_r(*master, name, sizeof name) == 0) {
    *slave = TEMP_FAILURE_RETRY(open(name, O_RDWR | O_NOCTTY | O_CLOEXEC));
    if (*slave >= 0)
      return 0;
  }
  int reason = errno;
  close(*master);
  errno = reason;
  return -1;
}

int chost_listen_unix(const char *path, int datagrams) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) {
    errno = ENAMETOOLONG;
    return -1;
  }
  strcpy(address.sun_path, path);
  int descriptor = socket(AF_UNIX, (datagrams ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0);
  if (descriptor < 0)
    return -1;
  if (bind(descriptor, (struct sockaddr *)&address, sizeof address) == 0 &&
      (datagrams || listen(descriptor, 64) == 0))
    return descriptor;
  int reason = errno;
  close(descriptor);
  errno = reason;
  return -1;
}

int chost_semaphore_wait(sem_t *semaphore, long long nanoseconds) {
  struct timespec deadline;
  clock_gettime(CLOCK_MONOTONIC, &deadline);
  nanoseconds += deadline.tv_nsec;
  deadline.tv_sec += nanoseconds / 1000000000;
  deadline.tv_nsec = nanoseconds % 1000000000;
  return sem_clockwait(semaphore, CLOCK_MONOTONIC, &deadline);
}

int chost_usable_processors(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0)
    return 1;
  return CPU_COUNT(&set);
}
