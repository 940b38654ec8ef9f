/*
 * stamp.h - the HTTP-date of RFC 9110 section 5.6.7, in its three forms.
 *
 * Pure, and independent of the server's own.
 */
#ifndef CONFORM_STAMP_H
#define CONFORM_STAMP_H

#include <stdint.h>

#include "answer.h"

enum stamp_form { STAMP_IMF, STAMP_850, STAMP_ASCTIME };

enum { STAMP_BYTES = 64 };

void stamp_print(char out[STAMP_BYTES], enum stamp_form form, int64_t seconds);

/* Seconds since the Epoch of an IMF-fixdate; -1 if it is none, in which the
 * name of the day must be the right one. */
int64_t stamp_read(struct text t);

#endif
