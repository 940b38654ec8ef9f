/*
 * escape.h - bytes of strangers made fit for a line of text.
 */
#ifndef BASE_ESCAPE_H
#define BASE_ESCAPE_H

#include <stddef.h>

/* Writes src as printable ASCII: \n \r \t \\ \" by name, every other byte
 * outside 0x20..0x7e as \xNN. Never writes half an escape; always ends dst
 * with NUL. Returns the bytes written without the NUL; what did not fit in
 * dstsize is left out. dstsize > 0. */
size_t escape_text(char *dst, size_t dstsize, const void *src, size_t len);

#endif
