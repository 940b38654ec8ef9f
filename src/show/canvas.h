/*
 * canvas.h - a screen of characters with styles, drawn anew for each frame.
 *
 * Pure but for the memory of its cells. What is written outside of it is left
 * out, so a caller need not count. Nothing but printable ASCII is taken:
 * other bytes become '?'.
 */
#ifndef SHOW_CANVAS_H
#define SHOW_CANVAS_H

#include <stddef.h>
#include <stdint.h>

#include "base/log.h"

enum style {
	STYLE_PLAIN,
	STYLE_TITLE, /* bold */
	STYLE_FAINT,
	STYLE_GOOD,  /* green */
	STYLE_WARN,  /* yellow */
	STYLE_BAD,   /* red, bold */
	STYLE_OTHER, /* blue */
	STYLES
};

struct cell {
	char c;
	uint8_t style;
};

struct canvas {
	int rows, columns;
	struct cell *cell;
	char *text; /* of canvas_render() */
};

/* Makes it so large, and blank. 0; -1 with errno, and it is as it was. */
int canvas_resize(struct canvas *v, int rows, int columns);
void canvas_release(struct canvas *v);

void
canvas_put(struct canvas *v, int row, int column, enum style style, char c);

/* Returns the column behind it. */
int canvas_print(struct canvas *v, int row, int column, enum style style,
    const char *fmt, ...) LOG_PRINTF(5, 6);

/* What draws all of it on a terminal (ECMA-48), from the upper left corner;
 * *len bytes, valid until the next call. Without colours only bold and faint
 * are used. */
const char *canvas_render(struct canvas *v, int colours, size_t *len);

#endif
