/*
 * random_call.h - random bytes by a system call, where there is no device for
 * them. For src/os/random*.c alone.
 */
#ifndef OS_RANDOM_CALL_H
#define OS_RANDOM_CALL_H

#include <stdbool.h>
#include <stddef.h>

/* As random_bytes(). False also if the system has no such call, or denies it.
 */
bool random_call(void *bytes, size_t len);

#endif
