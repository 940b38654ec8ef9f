#define _GNU_SOURCE
#include "os/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

void
terminal_size(int *rows, int *columns)
{
	struct winsize size;

	*rows = 24;
	*columns = 80;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 ||
	    size.ws_col == 0)
		return;
	*rows = size.ws_row;
	*columns = size.ws_col;
}
