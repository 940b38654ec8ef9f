#define _GNU_SOURCE
#include "host.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

static void
make_file(const struct host *h, const char *name, size_t size)
{
	char path[128];
	size_t i;
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", h->root, name);
	f = fopen(path, "w");
	if (f == NULL)
		die("%s:", path);
	/* No period, and nothing that looks like a head. */
	for (i = 0; i + 1 < size; i++)
		(void)putc('a' + (int)((i * 2654435761U >> 13) % 26), f);
	(void)putc('\n', f);
	if (fclose(f) != 0)
		die("%s:", path);
}

static void
remove_files(const struct host *h)
{
	static const char *const names[] = {"small", "file", "big", "fifo"};
	char path[128];
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", h->root, names[i]);
		(void)unlink(path);
	}
	(void)rmdir(h->root);
}

static _Noreturn void
be_server(const struct host *h, const char *keeper, int said)
{
	const char *program = getenv("PREFORK");
	const char *service = getenv("SWEEP_SERVICE");

	if (program == NULL)
		program = "./prefork";
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)setpgid(0, 0);
	(void)dup2(said, STDOUT_FILENO);
	(void)dup2(said, STDERR_FILENO);
	/* A turn is known by its addresses, in each program that is begun. */
	(void)personality(ADDR_NO_RANDOMIZE);
	/* A worker that is stepped is slow, not hung. What is shared is looked
	 * at as often: it is to be small. */
	(void)execl(program, program, "-w", "1", "-p", "0", "-b", "127.0.0.1",
	    "-r", h->root, "--timeout", "60", "--max-clients", "64", keeper,
	    service != NULL ? "-s" : (char *)NULL, service, (char *)NULL);
	die("%s:", program);
}

const char *
host_line(struct host *h, int ms)
{
	static char line[sizeof(h->text)];
	struct pollfd set = {.fd = h->said, .events = POLLIN};
	char *end;
	ssize_t n;

	while ((end = memchr(h->text, '\n', h->len)) == NULL) {
		if (h->len == sizeof(h->text) || poll(&set, 1, ms) <= 0)
			return NULL;
		n = read(h->said, h->text + h->len, sizeof(h->text) - h->len);
		if (n <= 0)
			return NULL;
		h->len += (size_t)n;
	}
	n = end - h->text;
	memcpy(line, h->text, (size_t)n);
	line[n] = '\0';
	h->len -= (size_t)n + 1;
	memmove(h->text, end + 1, h->len);
	return line;
}

bool
host_outlived(struct host *h, pid_t victim)
{
	long worker, dead;
	const char *line, *rest;

	h->last = "nobody took over";
	while ((line = host_line(h, PATIENCE_MS)) != NULL) {
		if (sscanf(line,
			"prefork: worker 0 (pid %ld) took over from "
			"pid %ld,",
			&worker, &dead) != 2 ||
		    (dead != h->worker && dead != victim)) {
			(void)printf("it said: %s\n", line);
			h->strange++;
			continue;
		}
		h->worker = (pid_t)worker;
		h->last = line;
		rest = strstr(line, " kept, ");
		if (rest == NULL || strcmp(rest, " kept, 0 dropped") != 0)
			return false;
		if (h->worker != victim)
			return true;
	}
	return false;
}

bool
host_renewed(struct host *h)
{
	return host_outlived(h, 0);
}

/* The children of these names, and how many there are of all. */
static int
look(const struct host *h, const char *name, pid_t *member)
{
	char path[64], comm[32];
	int n = 0, pid;
	FILE *kids, *f;

	(void)snprintf(path, sizeof(path), "/proc/%ld/task/%ld/children",
	    (long)h->master, (long)h->master);
	kids = fopen(path, "re");
	*member = 0;
	while (kids != NULL && fscanf(kids, "%d", &pid) == 1) {
		n++;
		(void)snprintf(path, sizeof(path), "/proc/%d/comm", pid);
		f = fopen(path, "re");
		if (f != NULL && fgets(comm, sizeof(comm), f) != NULL &&
		    strncmp(comm, name, strlen(name)) == 0)
			*member = pid;
		if (f != NULL)
			(void)fclose(f);
	}
	if (kids != NULL)
		(void)fclose(kids);
	return n;
}

pid_t
host_member(const struct host *h, const char *name)
{
	int64_t until = clock_now() + PATIENCE_MS;
	pid_t member;

	while (look(h, name, &member) != 2 || member == 0) {
		if (clock_now() > until)
			return 0;
		(void)poll(NULL, 0, 1);
	}
	return member;
}

/* Reads up to `ready`, and who serves. A worker tells its pid when it has
 * taken over: so one makes way. 0; -1: no standbys. */
static int
read_start(struct host *h)
{
	static const char listening[] = "prefork: listening on 127.0.0.1:";
	const char *line;
	long worker = 0;

	while ((line = host_line(h, PATIENCE_MS)) != NULL) {
		if (strncmp(line, listening, sizeof(listening) - 1) == 0)
			h->partner.port = (in_port_t)strtoul(
			    line + sizeof(listening) - 1, NULL, 10);
		if (strstr(line, "no standbys") != NULL)
			return -1;
		if (strncmp(line, "prefork: ready", 14) == 0)
			(void)kill(h->master, SIGHUP);
		if (sscanf(line, "prefork: worker 0 (pid %ld) took over",
			&worker) == 1)
			break;
	}
	if (line == NULL)
		die("prefork does not start");
	h->worker = (pid_t)worker;
	return 0;
}

int
host_open(struct host *h, bool keeper)
{
	const char *tmp = getenv("TMPDIR");
	int said[2];

	memset(h, 0, sizeof(*h));
	(void)snprintf(h->root, sizeof(h->root), "%s/sweep-XXXXXX",
	    tmp != NULL && strlen(tmp) < 64 ? tmp : "/tmp");
	if (mkdtemp(h->root) == NULL || pipe2(said, O_CLOEXEC) != 0)
		die("%s:", h->root);
	make_file(h, "small", SMALL_BYTES);
	make_file(h, "file", FILE_BYTES);
	make_file(h, "big", BIG_BYTES);
	(void)snprintf(
	    h->partner.fifo, sizeof(h->partner.fifo), "%s/fifo", h->root);
	if (mkfifo(h->partner.fifo, 0600) != 0)
		die("%s:", h->partner.fifo);
	h->master = fork();
	if (h->master < 0)
		die("fork:");
	if (h->master == 0)
		be_server(h, keeper ? "--keeper" : "--no-keeper", said[1]);
	(void)close(said[1]);
	h->said = said[0];
	return read_start(h);
}

int
host_descriptors(const struct host *h)
{
	char path[64];
	int n = 0;
	DIR *dir;

	(void)snprintf(path, sizeof(path), "/proc/%ld/fd", (long)h->worker);
	dir = opendir(path);
	while (dir != NULL && readdir(dir) != NULL)
		n++;
	if (dir != NULL)
		(void)closedir(dir);
	return n;
}

bool
host_settles(const struct host *h, int descriptors)
{
	const int64_t until = clock_now() + PATIENCE_MS;

	while (host_descriptors(h) > descriptors) {
		if (clock_now() > until)
			return false;
		(void)poll(NULL, 0, 1);
	}
	return true;
}

bool
host_close(struct host *h)
{
	(void)kill(h->master, SIGTERM);
	return host_ended(h);
}

bool
host_ended(struct host *h)
{
	int status = -1;

	/* Up to the end, which comes when all of the family are gone; or it
	 * has not come in time. */
	while (host_line(h, PATIENCE_MS) != NULL)
		;
	if (waitpid(h->master, &status, WNOHANG) != h->master) {
		(void)kill(-h->master, SIGKILL);
		(void)waitpid(h->master, &status, 0);
	}
	(void)close(h->said);
	remove_files(h);
	return status == 0;
}
