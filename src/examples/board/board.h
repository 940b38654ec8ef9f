/*
 * board.h - how much there may be of what, in characters but where it says
 * bytes. A character has four bytes at most.
 */
#ifndef BOARD_BOARD_H
#define BOARD_BOARD_H

enum {
	NAME_LEAST = 3,
	NAME_MOST = 32,
	PASSWORD_LEAST = 8, /* bytes */
	PASSWORD_MOST = 128,
	TITLE_MOST = 120,
	TEXT_MOST = 10000,
	SEARCH_MOST = 100,
	KEY_MOST = 64, /* bytes of an Idempotency-Key */

	NAME_BYTES = NAME_MOST + 1,
	TITLE_BYTES = TITLE_MOST * 4 + 1,
	TEXT_BYTES = TEXT_MOST * 4 + 1,

	SESSION_SECONDS = 7 * 24 * 3600,
	ONCE_SECONDS = 24 * 3600
};

#endif
