#include "trap.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char token[256];

void
trap_set(const struct tree *t, const char *point)
{
	(void)snprintf(token, sizeof(token), "%s", tree_path(t, "token"));
	ck_assert_int_eq(setenv("PREFORK_HOOK", point, 1), 0);
	ck_assert_int_eq(setenv("PREFORK_HOOK_TOKEN", token, 1), 0);
}

void
trap_arm(void)
{
	int fd = open(token, O_WRONLY | O_CREAT, 0600);

	ck_assert_int_ge(fd, 0);
	(void)close(fd);
}

bool
trap_sprung(void)
{
	return access(token, F_OK) != 0;
}

void
trap_remove(void)
{
	(void)unsetenv("PREFORK_HOOK");
	(void)unsetenv("PREFORK_HOOK_TOKEN");
}
