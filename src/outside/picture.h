/*
 * picture.h - a reading as lines of text.
 */
#ifndef OUTSIDE_PICTURE_H
#define OUTSIDE_PICTURE_H

#include <stdio.h>

#include "reading.h"

/* Writes it, in rows lines of 80 columns at most; what does not fit is left
 * off, and said. before: an earlier reading, by which a rate is known; NULL:
 * there is none, and rates are since the start. */
void picture(FILE *out, const struct reading *now, const struct reading *before,
    int rows);

/* 1234567 as "1.23M": six columns at most. */
enum { SHORT_BYTES = 16 };
const char *picture_short(char text[SHORT_BYTES], double n);

#endif
