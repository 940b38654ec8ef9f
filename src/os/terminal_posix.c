#include "os/terminal.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/num.h"

/* POSIX.1-2008 cannot ask the terminal; the environment may say
 * (XBD 8.3, COLUMNS and LINES). */
static int
said(const char *name, int otherwise)
{
	const char *text = getenv(name);
	int64_t value;

	if (text == NULL || num_parse(text, 1, 10000, &value) != 0)
		return otherwise;
	return (int)value;
}

void
terminal_size(int *rows, int *columns)
{
	*rows = said("LINES", 24);
	*columns = said("COLUMNS", 80);
}
