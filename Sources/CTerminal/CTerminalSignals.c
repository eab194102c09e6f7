/*
 * Signals. Handlers do nothing but note the signal and wake the loop; the crash handlers give the
 * terminal back with functions that are safe there (write, tcsetattr) and let the signal kill us.
 */
#define _GNU_SOURCE

#include "CTerminal.h"
#include "CTerminalPrivate.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <termios.h>
#include <unistd.h>

static atomic_uint pending;
static atomic_int wake_fd = -1;

static struct termios saved_modes;
static int has_saved_modes;
static char restore_bytes[256];
static size_t restore_length;
static atomic_int restore_fd = -1;

static const int noted[] = {SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGTSTP, SIGCONT};
static const int crashes[] = {SIGSEGV, SIGILL, SIGABRT, SIGTRAP, SIGBUS, SIGFPE};
enum { NOTED = sizeof noted / sizeof *noted, CRASHES = sizeof crashes / sizeof *crashes };
static struct sigaction former[NOTED + CRASHES];
static char crash_stack[16384];

void ct_crash_save_modes(int fd) { has_saved_modes = tcgetattr(fd, &saved_modes) == 0; }

void ct_crash_prepare(int fd, const char *bytes, size_t length)
{
    restore_length = length < sizeof restore_bytes ? length : sizeof restore_bytes;
    memcpy(restore_bytes, bytes, restore_length);
    atomic_store(&restore_fd, fd);
}

void ct_crash_forget(void) { atomic_store(&restore_fd, -1); }

static unsigned bit_of(int signal_number)
{
    switch (signal_number) {
    case SIGWINCH: return CT_SIGNAL_RESIZE;
    case SIGTSTP: return CT_SIGNAL_STOP;
    case SIGCONT: return CT_SIGNAL_CONTINUE;
    default: return CT_SIGNAL_TERMINATE;
    }
}

static void note(int signal_number)
{
    int saved_errno = errno;
    uint64_t one = 1;
    atomic_fetch_or(&pending, bit_of(signal_number));
    ssize_t ignored = write(atomic_load(&wake_fd), &one, sizeof one);
    (void)ignored;
    errno = saved_errno;
}

static void crash(int signal_number)
{
    int fd = atomic_exchange(&restore_fd, -1);
    if (fd >= 0) {
        ssize_t ignored = write(fd, restore_bytes, restore_length);
        (void)ignored;
        if (has_saved_modes)
            tcsetattr(fd, TCSANOW, &saved_modes);
    }
    /* SA_RESETHAND has put the default action back. */
    raise(signal_number);
}

static void install(int signal_number, void (*handler)(int), int flags, struct sigaction *old)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    action.sa_flags = flags;
    sigemptyset(&action.sa_mask);
    sigaction(signal_number, &action, old);
}

int ct_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int ct_signals_start(void)
{
    int fd = ct_eventfd();
    if (fd < 0)
        return -1;
    atomic_store(&pending, 0);
    atomic_store(&wake_fd, fd);
    /* A crash may be an overflow of the very stack that the handler would need. */
    stack_t stack = {.ss_sp = crash_stack, .ss_size = sizeof crash_stack};
    sigaltstack(&stack, NULL);
    for (int i = 0; i < NOTED; i++)
        install(noted[i], note, SA_RESTART, &former[i]);
    for (int i = 0; i < CRASHES; i++)
        install(crashes[i], crash, SA_RESETHAND | SA_NODEFER | SA_ONSTACK, &former[NOTED + i]);
    return fd;
}

void ct_signals_stop(void)
{
    int fd = atomic_load(&wake_fd);
    if (fd < 0)
        return;
    for (int i = 0; i < NOTED; i++)
        sigaction(noted[i], &former[i], NULL);
    for (int i = 0; i < CRASHES; i++)
        sigaction(crashes[i], &former[NOTED + i], NULL);
    atomic_store(&wake_fd, -1);
    close(fd);
}

unsigned ct_signals_take(void) { return atomic_exchange(&pending, 0); }
