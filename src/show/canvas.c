#include "canvas.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	SIDE_MOST = 1000,
	SEQUENCE = 12, /* bytes of the longest change of style */
	TEXT_MOST = 512
};

/* What begins each style: without colours, and with them. */
static const char *const sequences[STYLES][2] = {
    [STYLE_PLAIN] = {"\033[m", "\033[m"},
    [STYLE_TITLE] = {"\033[0;1m", "\033[0;1m"},
    [STYLE_FAINT] = {"\033[0;2m", "\033[0;2m"},
    [STYLE_GOOD] = {"\033[m", "\033[0;32m"},
    [STYLE_WARN] = {"\033[m", "\033[0;33m"},
    [STYLE_BAD] = {"\033[0;1m", "\033[0;1;31m"},
    [STYLE_OTHER] = {"\033[m", "\033[0;36m"},
};

static void
canvas_clear(struct canvas *v)
{
	int i;

	for (i = 0; i < v->rows * v->columns; i++)
		v->cell[i] = (struct cell){' ', STYLE_PLAIN};
}

int
canvas_resize(struct canvas *v, int rows, int columns)
{
	struct cell *cell;
	size_t cells;
	char *text;

	rows = rows < 1 ? 1 : rows > SIDE_MOST ? SIDE_MOST : rows;
	columns = columns < 1 ? 1 : columns > SIDE_MOST ? SIDE_MOST : columns;
	if (rows == v->rows && columns == v->columns) {
		canvas_clear(v);
		return 0;
	}
	cells = (size_t)rows * (size_t)columns;
	cell = malloc(cells * sizeof(*cell));
	/* At worst each cell changes the style; each row has its end. */
	text = malloc(cells * (SEQUENCE + 1) + (size_t)(rows + 2) * SEQUENCE);
	if (cell == NULL || text == NULL) {
		free(cell);
		free(text);
		return -1;
	}
	canvas_release(v);
	v->rows = rows;
	v->columns = columns;
	v->cell = cell;
	v->text = text;
	canvas_clear(v);
	return 0;
}

void
canvas_release(struct canvas *v)
{
	free(v->cell);
	free(v->text);
	memset(v, 0, sizeof(*v));
}

void
canvas_put(struct canvas *v, int row, int column, enum style style, char c)
{
	if (row < 0 || row >= v->rows || column < 0 || column >= v->columns)
		return;
	v->cell[row * v->columns + column] =
	    (struct cell){c >= ' ' && c <= '~' ? c : '?', (uint8_t)style};
}

int
canvas_print(struct canvas *v, int row, int column, enum style style,
    const char *fmt, ...)
{
	char text[TEXT_MOST];
	const char *p;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	for (p = text; *p != '\0'; p++)
		canvas_put(v, row, column++, style, *p);
	return column;
}

static size_t
append(char *to, size_t at, const char *text)
{
	size_t len = strlen(text);

	memcpy(to + at, text, len);
	return at + len;
}

/* One row, up to its last cell that is not blank. */
static size_t
render_row(const struct canvas *v, int row, int colours, size_t at)
{
	const struct cell *cell = &v->cell[row * v->columns];
	int i, style = STYLE_PLAIN, end = v->columns;

	while (end > 0 && cell[end - 1].c == ' ')
		end--;
	for (i = 0; i < end; i++) {
		if (cell[i].style != style) {
			style = cell[i].style;
			at =
			    append(v->text, at, sequences[style][colours != 0]);
		}
		v->text[at++] = cell[i].c;
	}
	if (style != STYLE_PLAIN)
		at = append(v->text, at, sequences[STYLE_PLAIN][0]);
	/* In the last column of all, erasing would take its character. */
	return end < v->columns ? append(v->text, at, "\033[K") : at;
}

const char *
canvas_render(struct canvas *v, int colours, size_t *len)
{
	size_t at = append(v->text, 0, "\033[H");
	int row;

	for (row = 0; row < v->rows; row++) {
		at = render_row(v, row, colours, at);
		if (row < v->rows - 1)
			at = append(v->text, at, "\r\n");
	}
	*len = at;
	return v->text;
}
