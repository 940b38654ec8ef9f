/*
 * warden.h - what is left when the show is killed is cleared away.
 *
 * A process that can be killed by anybody at any time cannot promise to clear
 * up. So another one stands by and reads a pipe that only the show holds open:
 * at its end it gives the terminal back, kills the server (whose family ends
 * with it) and removes the directory, as far as that is left to be done. It
 * ignores what a terminal sends to all.
 */
#ifndef SHOW_WARDEN_H
#define SHOW_WARDEN_H

#include <sys/types.h>

struct warden {
	pid_t pid; /* 0: none */
	int pipe;
};

/* The directory with the files in it, NULL-ended, is to be removed; both must
 * outlive w. 0; -1 with errno. */
int warden_open(struct warden *w, const char *dir, const char *const *files);

/* This process is to be killed, or, with 0, none any more. */
void warden_watch(struct warden *w, pid_t pid);

/* Ends the warden, who does what there is to be done. Waits for it. */
void warden_close(struct warden *w);

#endif
