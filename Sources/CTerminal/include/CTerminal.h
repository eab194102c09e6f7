/*
 * What Swift cannot import of ncursesw: its globals, its macros, its variadic functions; and what
 * must be C: signal handlers. One terminal at a time; all but ct_signals_take() from one thread.
 */
#ifndef CTERMINAL_H
#define CTERMINAL_H

#include <stddef.h>
#include <wchar.h>

/* Why ct_start() failed. */
enum ct_error {
    CT_OK = 0,
    CT_NOT_A_TERMINAL,  /* a descriptor is no terminal */
    CT_UNKNOWN_TERM,    /* no terminfo entry, or a generic one */
    CT_NO_CURSOR_MOVE,  /* the terminal cannot address the cursor (dumb) */
    CT_SYSTEM           /* out of memory or descriptors */
};

/* Attributes of ct_style(). */
enum ct_attribute { CT_BOLD = 1, CT_DIM = 2, CT_REVERSE = 4, CT_UNDERLINE = 8 };

/* Signals that ct_signals_take() reports, as bits. */
enum ct_signal {
    CT_SIGNAL_RESIZE = 1,    /* SIGWINCH */
    CT_SIGNAL_TERMINATE = 2, /* SIGTERM, SIGHUP, SIGINT */
    CT_SIGNAL_STOP = 4,      /* SIGTSTP */
    CT_SIGNAL_CONTINUE = 8   /* SIGCONT */
};

/* newterm(3): takes the terminal over. term may be NULL for $TERM. */
enum ct_error ct_start(const char *term, int input, int output);
/* endwin(3) and delscreen(3): gives the terminal back. Harmless when not started. */
void ct_stop(void);

/* True when the locale's character set is UTF-8 (nl_langinfo(3)). */
int ct_is_utf8(void);
/* Colours of the terminal, 0 for monochrome. */
int ct_colors(void);
/* init_pair(3) on the terminal's own background; -1 is its own foreground. */
void ct_color_pair(int pair, int foreground);
/* The size by TIOCGWINSZ, else by terminfo. */
void ct_size(int *columns, int *rows);

/* resizeterm(3); the next ct_refresh() sends everything. */
void ct_resize(int columns, int rows);
/* attr_set(3). */
void ct_style(int attributes, int pair);
/* mvaddnwstr(3). */
void ct_put(int column, int row, const wchar_t *text, int length);
/* erase(3). */
void ct_erase(void);
/* curs_set(3) and move(3); a negative column hides the cursor. */
void ct_cursor(int column, int row);
/* refresh(3). */
void ct_refresh(void);
/* clearok(3): the next ct_refresh() sends everything. */
void ct_redraw(void);

/* Has the terminal report the mouse (xterm's modes 1000 and 1006), or no longer. Returns 0, and does
   nothing, when terminfo knows of no mouse (kmous). */
int ct_mouse(int on);

/* Gives the terminal back, stops the process group as Ctrl-Z does, and takes the terminal again. */
void ct_suspend(void);
/* Takes the terminal again after SIGCONT. */
void ct_resume(void);

/* Installs the handlers; returns the eventfd that becomes readable with a signal, -1 on failure. */
int ct_signals_start(void);
/* Puts the former handlers back and closes the eventfd. */
void ct_signals_stop(void);
/* The signals since the last call, as bits of enum ct_signal. */
unsigned ct_signals_take(void);

/* eventfd(2), close-on-exec and non-blocking; -1 on failure. */
int ct_eventfd(void);

#endif
