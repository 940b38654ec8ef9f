/*
 * upgrade_wait.h - from outside: a server that runs is to begin its program
 * anew, from where that lies, and the caller learns how it went.
 */
#ifndef UPGRADE_WAIT_H
#define UPGRADE_WAIT_H

/* server: its pid, or its pid file. Sends USR2 and waits until that has come to
 * an end, which the title of the master says: one line, and the
 * exit status, 0 if the other program serves. */
int upgrade_wait(const char *server);

#endif
