/*
 * text.h - what text may be: UTF-8 (RFC 3629) without control characters.
 */
#ifndef BOARD_TEXT_H
#define BOARD_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How many bytes the character has that begins there; 0: it is none. Stops at a
 * NUL. */
size_t text_character(const char *at);

/* Writes a character as UTF-8, at most four bytes: how many. */
size_t text_encode(char *to, uint32_t character);

/* How many characters there are; -1: it is no text. Ends of lines and tabs are
 * taken where there may be several lines. */
long text_length(const char *text, bool lines);

/* Is it nothing but blanks? */
bool text_is_blank(const char *text);

/* A number from 1 on, of digits alone. 0: it is none. */
int64_t text_number(const char *text);

#endif
