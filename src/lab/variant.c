#include "lab/variant.h"

#include <string.h>

const struct variant variants[VARIANTS] = {
    {.name = "prefork",
	.model = "prefork",
	.standby = true,
	.who = "a few processes, each with many clients, and a standby "
	       "behind each",
	.known = "this server"},
    {.name = "no-standby",
	.model = "prefork",
	.more = "--no-standby",
	.who = "a few processes, each with many clients",
	.known = "nginx, HAProxy with processes, gunicorn with async workers"},
    {.name = "prethread",
	.model = "prethread",
	.threads = true,
	.who = "a few threads of one process, each with many clients",
	.known = "memcached, Envoy, most servers in Go, Java and Rust"},
    {.name = "fork",
	.model = "fork",
	.per_client = true,
	.who = "a process for each client",
	.known = "PostgreSQL, OpenSSH, inetd, Apache httpd with mpm_prefork"},
    {.name = "thread",
	.model = "thread",
	.threads = true,
	.per_client = true,
	.who = "a thread for each client, all in one process",
	.known = "MySQL, classic Tomcat, many textbook servers"},
};

int
variant_named(const char *name, int len)
{
	int i;

	for (i = 0; i < VARIANTS; i++)
		if ((int)strlen(variants[i].name) == len &&
		    strncmp(variants[i].name, name, (size_t)len) == 0)
			return i;
	return -1;
}
