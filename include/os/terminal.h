/*
 * terminal.h - the terminal, as long as a program draws on all of it.
 *
 * Between terminal_enter() and terminal_leave() the program has the screen to
 * itself: the alternate page, not the one that the shell wrote on, no cursor,
 * keys that come one by one and are not echoed. ^C and ^Z still send their
 * signals. Whatever ends the program, the terminal is given back: at exit(),
 * and when a signal of a fault kills it (when nothing can be done any more, by
 * a process that shares it); signals that ask it to end or to stop are for its
 * loop to obey. There is one terminal, that of standard output.
 */
#ifndef OS_TERMINAL_H
#define OS_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

/* Can one be drawn on? Not if standard output is something else, nor if it is
 * too simple (TERM=dumb). */
bool terminal_usable(void);

/* Before fork(): a child may then call terminal_leave() for its parent, should
 * that have been killed. 0; -1 with errno. */
int terminal_share(void);

/* Takes the screen. 0; -1 with errno. Does nothing if that was done already. */
int terminal_enter(void);

/* Gives it back. Does nothing if it was not taken. May be called in a signal
 * handler. */
void terminal_leave(void);

/* To be called when SIGTSTP came: gives the terminal back, stops this process
 * and returns when it goes on, with the terminal entered again. The signal's
 * action stays what it was. 0; -1 with errno. */
int terminal_suspend(void);

/* How large it is now; 24 by 80 where the system does not tell. */
void terminal_size(int *rows, int *columns);

/* Writes all of it; it may block. 0; -1 with errno. */
int terminal_write(const char *text, size_t len);

#endif
