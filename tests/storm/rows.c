/*
 * rows - a service that stores what is posted to it, as files in the directory
 * that ROWS names, or else TMPDIR, in one of their own for each connection: the
 * poorest of databases, but one whose every row is there or not.
 *
 * PUT /rows/:key is repeatable: a row is named by its key and the request's id,
 * and made if it is not there. POST /rows/:key is not: each time the handler
 * runs it makes another row, by a number of its own. GET /rows is how many rows
 * there are that this connection has made. GET /crash looks where nothing is.
 *
 *	PREFORK=tests/storm/rows SWEEP_SERVICE=auto scripts/sweep post
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <prefork/service.h>

static const char *rows = "/tmp";

/* Of a request's name, those of its connection. */
enum { ID_BYTES = 32, PATH_BYTES = 512 };

/* The directory of the connection. */
static int
place(char path[PATH_BYTES], const struct pf_request *q)
{
	return snprintf(
	    path, PATH_BYTES, "%.256s/%.*s", rows, (int)ID_BYTES, pf_id(q));
}

/* Makes a row; one that is there is made no more. */
static void
make(const struct pf_request *q, struct pf_reply *a, const char *name)
{
	const char *key = pf_param(q, "key");
	char path[PATH_BYTES];
	int fd, n = place(path, q);

	(void)mkdir(path, 0700);
	(void)snprintf(
	    path + n, sizeof(path) - (size_t)n, "/%.64s.%s", key, name);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	if (fd < 0) {
		pf_status(a, 503);
		return;
	}
	(void)close(fd);
	pf_status(a, 201);
	pf_printf(a, "%s\n", key);
}

static void
put(const struct pf_request *q, struct pf_reply *a)
{
	make(q, a, pf_id(q));
}

static void
post(const struct pf_request *q, struct pf_reply *a)
{
	static unsigned long times;
	char name[160];

	(void)snprintf(name, sizeof(name), "%s-%ld-%lu", pf_id(q),
	    (long)getpid(), ++times);
	make(q, a, name);
}

static void
count(const struct pf_request *q, struct pf_reply *a)
{
	char path[PATH_BYTES];
	struct dirent *e;
	DIR *dir;
	int n = 0;

	(void)place(path, q);
	dir = opendir(path);
	while (dir != NULL && (e = readdir(dir)) != NULL)
		n += e->d_name[0] != '.';
	if (dir != NULL)
		(void)closedir(dir);
	pf_printf(a, "%d rows\n", n);
}

/* A sanitizer would tell the log. */
static void
crash(const struct pf_request *q, struct pf_reply *a)
{
	volatile uintptr_t nowhere = 8;

	(void)q;
	(void)signal(SIGSEGV, SIG_DFL);
	pf_printf(a, "%c\n", *(volatile char *)nowhere);
}

static const struct pf_route routes[] = {
    {"PUT", "/rows/:key", put, true},
    {"POST", "/rows/:key", post, false},
    {"GET", "/rows", count, false},
    {"GET", "/crash", crash, false},
    {NULL, NULL, NULL, false},
};

int
main(int argc, char **argv)
{
	static const struct pf_service service = {"rows", routes, NULL, NULL};
	const char *named = getenv("ROWS");

	if (named == NULL)
		named = getenv("TMPDIR");
	/* The title of the process will be where the environment is. */
	if (named != NULL)
		rows = strdup(named);
	if (rows == NULL)
		return 111;
	return prefork_main(argc, argv, &service);
}
