/*
 * random_call.h - bytes at random by a system call, where no device is.
 */
#ifndef OS_RANDOM_CALL_H
#define OS_RANDOM_CALL_H

#include <stdbool.h>
#include <stddef.h>

/* As random_bytes(). False, too: the system has no such call, or denies it. */
bool random_call(void *bytes, size_t len);

#endif
