/*
 * upgrade_wait.h - from outside: has a server upgrade itself, and waits for the
 * outcome.
 */
#ifndef UPGRADE_WAIT_H
#define UPGRADE_WAIT_H

/* server: its pid, or its pid file. Sends SIGUSR2 and waits until the title of
 * the master says how the upgrade has ended. Logs that in one line, and returns
 * 0 if the new program serves; else dies. */
int upgrade_wait(const char *server);

#endif
