/*
 * notify.h - what the server tells the supervisor that has started it, such as
 * systemd (sd_notify(3)) or s6: by datagrams to the socket that NOTIFY_SOCKET
 * names, and by a newline on a descriptor.
 *
 * Only for the process that the user has started: a supervisor ignores what
 * others send. Nothing here waits. Without a supervisor that asks to be told
 * nothing is done.
 */
#ifndef OS_NOTIFY_H
#define OS_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

/* Reads from the environment which supervisor is to be told, and removes these
 * variables: programs that are started later are not to speak for this process.
 */
void notify_begin(void);

/* Puts them back, for a program that is begun in the place of this one. */
void notify_pass_on(void);

/* Did the supervisor ask to be told? */
bool notify_is_asked(void);

/* The descriptor that the newline is written to, once. */
void notify_at(int fd);

/* READY=1, and `status`, one line for people: all is ready, or ready again
 * after a reload. RELOADING=1: workers are being renewed. STOPPING=1: the end
 * has begun. WATCHDOG=1: this process does not hang. */
void notify_ready(const char *status);
void notify_reloading(void);
void notify_stopping(void);
void notify_moves(void);

/* The most ms that may pass between two calls of notify_moves(), which is half
 * of what the supervisor allows; 0: it does not wait for them. */
int64_t notify_period(void);

#endif
