#include "os/activation.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/num.h"

/* Names with colons between them. */
static void
read_names(struct activation *a, const char *names)
{
	size_t len;
	int i;

	for (i = 0; names != NULL && i < a->count; i++) {
		len = strcspn(names, ":");
		if (len < ACTIVATION_NAME) {
			memcpy(a->name[i], names, len);
			a->name[i][len] = '\0';
		}
		names = names[len] == ':' ? names + len + 1 : NULL;
	}
}

static int
read_count(struct activation *a, const char *pid, const char *fds, int most)
{
	int64_t whose, count;

	if (pid == NULL || fds == NULL)
		return 0;
	if (num_parse(pid, 1, INT64_MAX, &whose) != 0)
		return -1;
	if (whose != getpid())
		return 0;
	if (num_parse(fds, 0, most, &count) != 0)
		return -1;
	a->count = (int)count;
	return 0;
}

int
activation_find(struct activation *a, int most)
{
	int result;

	memset(a, 0, sizeof(*a));
	result =
	    read_count(a, getenv("LISTEN_PID"), getenv("LISTEN_FDS"), most);
	read_names(a, getenv("LISTEN_FDNAMES"));
	(void)unsetenv("LISTEN_PID");
	(void)unsetenv("LISTEN_FDS");
	(void)unsetenv("LISTEN_FDNAMES");
	return result;
}
