#define _GNU_SOURCE
#define NCURSES_WIDECHAR 1

#include "CTerminal.h"
#include "CTerminalPrivate.h"

#include <langinfo.h>
#include <locale.h>
#include <ncursesw/curses.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <unistd.h>

/* term.h makes macros of short words. */
#undef columns
#undef lines

static SCREEN *terminal;
static FILE *input_stream, *output_stream;
static int output_fd = -1;

static FILE *duplicate(int fd, const char *mode)
{
    int copy = dup(fd);
    FILE *stream = copy < 0 ? NULL : fdopen(copy, mode);
    if (stream == NULL && copy >= 0)
        close(copy);
    return stream;
}

static void close_streams(void)
{
    if (input_stream != NULL)
        fclose(input_stream);
    if (output_stream != NULL)
        fclose(output_stream);
    input_stream = output_stream = NULL;
}

static char collected[256];
static size_t collected_length;

static int collect(int byte)
{
    if (collected_length < sizeof collected)
        collected[collected_length++] = (char)byte;
    return byte;
}

static void collect_capability(const char *name)
{
    char *text = tigetstr(name);
    if (text != NULL && text != (char *)-1)
        tputs(text, 1, collect);
}

/* What the crash handler writes must be ready before the crash. */
static void prepare_restore(void)
{
    /* The mouse too: whether it is on when the crash comes is not known yet. */
    static const char modes_off[] = "\033[?2004l\033[?1006l\033[?1000l";
    collected_length = 0;
    collect_capability("sgr0");
    collect_capability("cnorm");
    collect_capability("rmcup");
    for (size_t i = 0; i + 1 < sizeof modes_off; i++)
        collect(modes_off[i]);
    ct_crash_prepare(output_fd, collected, collected_length);
}

static void bracketed_paste(int on)
{
    const char *text = on ? "\033[?2004h" : "\033[?2004l";
    ssize_t ignored = write(output_fd, text, strlen(text));
    (void)ignored;
}

static int mouse_is_on;

static void report_mouse(int on)
{
    const char *text = on ? "\033[?1000h\033[?1006h" : "\033[?1006l\033[?1000l";
    ssize_t ignored = write(output_fd, text, strlen(text));
    (void)ignored;
}

static void set_modes(void)
{
    raw();
    noecho();
    nonl();
    /* A refresh must not be put off because a key is waiting. */
    typeahead(-1);
    /* New rows of a log move the old ones up: let the terminal do that, it costs a few bytes. */
    idlok(stdscr, TRUE);
    curs_set(0);
}

static enum ct_error open_terminal(const char *term)
{
    int status = 0;
    /* newterm() ends the process on some unknown terminals; setupterm() only says so. */
    if (setupterm((char *)term, output_fd, &status) == ERR)
        return CT_UNKNOWN_TERM;
    char *move_cursor = tigetstr("cup");
    if (move_cursor == NULL || move_cursor == (char *)-1)
        return CT_NO_CURSOR_MOVE;
    terminal = newterm((char *)term, output_stream, input_stream);
    return terminal == NULL ? CT_UNKNOWN_TERM : CT_OK;
}

enum ct_error ct_start(const char *term, int input, int output)
{
    if (!isatty(input) || !isatty(output))
        return CT_NOT_A_TERMINAL;
    setlocale(LC_CTYPE, "");
    if (term == NULL)
        term = getenv("TERM");
    if (term == NULL || *term == '\0')
        return CT_UNKNOWN_TERM;
    input_stream = duplicate(input, "r");
    output_stream = duplicate(output, "w");
    output_fd = output;
    ct_crash_save_modes(output);
    enum ct_error error = CT_SYSTEM;
    if (input_stream != NULL && output_stream != NULL)
        error = open_terminal(term);
    if (error != CT_OK) {
        close_streams();
        output_fd = -1;
        return error;
    }
    set_modes();
    if (has_colors() && start_color() != ERR)
        use_default_colors();
    prepare_restore();
    bracketed_paste(1);
    return CT_OK;
}

void ct_stop(void)
{
    if (terminal == NULL)
        return;
    bracketed_paste(0);
    if (mouse_is_on)
        report_mouse(0);
    mouse_is_on = 0;
    endwin();
    ct_crash_forget();
    delscreen(terminal);
    terminal = NULL;
    close_streams();
    output_fd = -1;
}

int ct_is_utf8(void) { return strcmp(nl_langinfo(CODESET), "UTF-8") == 0; }

int ct_colors(void) { return has_colors() ? COLORS : 0; }

void ct_color_pair(int pair, int foreground) { init_pair((short)pair, (short)foreground, -1); }

void ct_size(int *columns, int *rows)
{
    struct winsize size;
    if (ioctl(output_fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
        *columns = size.ws_col;
        *rows = size.ws_row;
    } else {
        *columns = COLS;
        *rows = LINES;
    }
}

void ct_resize(int columns, int rows)
{
    resizeterm(rows, columns);
    ct_redraw();
}

void ct_style(int attributes, int pair)
{
    attr_t style = A_NORMAL;
    if (attributes & CT_BOLD)
        style |= A_BOLD;
    if (attributes & CT_DIM)
        style |= A_DIM;
    if (attributes & CT_REVERSE)
        style |= A_REVERSE;
    if (attributes & CT_UNDERLINE)
        style |= A_UNDERLINE;
    attr_set(style, (short)pair, NULL);
}

void ct_put(int column, int row, const wchar_t *text, int length)
{
    mvaddnwstr(row, column, text, length);
}

void ct_erase(void) { erase(); }

void ct_cursor(int column, int row)
{
    if (column < 0) {
        curs_set(0);
        return;
    }
    curs_set(1);
    move(row, column);
}

void ct_refresh(void) { refresh(); }

void ct_redraw(void) { clearok(curscr, TRUE); }

void ct_suspend(void)
{
    struct sigaction default_action, ours;
    bracketed_paste(0);
    if (mouse_is_on)
        report_mouse(0);
    endwin();
    memset(&default_action, 0, sizeof default_action);
    default_action.sa_handler = SIG_DFL;
    sigaction(SIGTSTP, &default_action, &ours);
    /* The whole group, as the key does in a cooked terminal: a parent such as make must stop too,
       or the shell never gets the terminal. */
    kill(0, SIGTSTP);
    sigaction(SIGTSTP, &ours, NULL);
    ct_resume();
}

void ct_resume(void)
{
    reset_prog_mode();
    bracketed_paste(1);
    if (mouse_is_on)
        report_mouse(1);
    ct_redraw();
}

int ct_mouse(int on)
{
    char *mouse = tigetstr("kmous");
    if (mouse == NULL || mouse == (char *)-1)
        return 0;
    if (on != mouse_is_on)
        report_mouse(on);
    mouse_is_on = on;
    return 1;
}
