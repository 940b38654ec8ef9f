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
