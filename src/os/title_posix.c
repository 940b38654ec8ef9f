#include "os/title.h"

void
title_init(int argc, char **argv)
{
	(void)argc;
	(void)argv;
}

void
title_set(const char *title, const char *brief)
{
	(void)title;
	(void)brief;
}

bool
title_read(pid_t pid, char *out, size_t size)
{
	(void)pid;
	(void)size;
	out[0] = '\0';
	return false;
}

int
title_children(pid_t pid, pid_t *child, size_t most)
{
	(void)pid;
	(void)child;
	(void)most;
	return 0;
}
