/* The command, its options, and what is made ready and cleared away. */
#include "show/demo.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "os/poller.h"
#include "os/process.h"
#include "os/terminal.h"
#include "show/arguments.h"

enum {
	SPARE = 64,    /* descriptors that are not clients' */
	CHUNK = 65536, /* bytes of the file that are written at once */
	LAST_WORDS = 5 /* lines that are repeated when it ends badly */
};

static const char *const files[] = {DEMO_FILE, NULL};

#define AT(field) offsetof(struct demo_choice, field)

static const struct argument table[] = {
    {"auto", ARG_FLAG, AT(automatic), 0, 0, NULL,
	"show what the model promises, then end with a verdict"},
    {"model", ARG_TEXT, AT(model), 0, 0, "MODEL",
	"prefork, prethread, fork or thread (prefork)"},
    {"workers", ARG_NUMBER, AT(workers), 1, 64, "N", "workers (4)"},
    {"clients", ARG_NUMBER, AT(clients), 1, 10000, "N", "clients (300)"},
    {"downloads", ARG_NUMBER, AT(downloads), 0, 10000, "N",
	"how many of them download (one in eight)"},
    {"timeout", ARG_SECONDS, AT(timeout), 500, 60000, "S",
	"a worker that hangs is replaced after so long (4)"},
    {"no-standby", ARG_FLAG, AT(no_standby), 0, 0, NULL, "make no standbys"},
    {"server", ARG_TEXT, AT(server), 0, 0, "PATH",
	"the prefork to be shown (the one in PATH)"},
    {"help", ARG_FLAG, AT(help), 0, 0, NULL, "print this"},
    {NULL, ARG_FLAG, 0, 0, 0, NULL, NULL},
};

static void
help(void)
{
	(void)printf(
	    "usage: prefork-show demo [OPTION ...]\n"
	    "Starts prefork and clients, and breaks it while you watch.\n\n");
	arguments_help(table);
}

static void
write_file(const struct demo *d)
{
	char path[DEMO_DIR + 16], chunk[CHUNK];
	uint64_t at;
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", d->dir, files[0]);
	f = fopen(path, "wb");
	if (f == NULL)
		die("%s:", path);
	for (at = 0; at < DEMO_FILE_BYTES; at += CHUNK) {
		stream_fill(d->pattern, DEMO_FILE_STREAM, at, chunk, CHUNK);
		if (fwrite(chunk, 1, CHUNK, f) != CHUNK)
			die("%s:", path);
	}
	if (fclose(f) != 0)
		die("%s:", path);
}

static void
prepare(struct demo *d)
{
	const char *tmp = getenv("TMPDIR");
	int i, clients = (int)d->choice->clients, limit;

	limit = process_raise_descriptors(clients + SPARE);
	if (limit < clients + SPARE)
		die_usage("--clients: %d: must be at most %d, as the limit on "
			  "descriptors is %d",
		    clients, limit - SPARE, limit);
	(void)snprintf(d->dir, sizeof(d->dir), "%s/prefork-show-XXXXXX",
	    tmp != NULL && tmp[0] != '\0' ? tmp : "/tmp");
	if (mkdtemp(d->dir) == NULL)
		die("%s:", d->dir);
	if (terminal_share() != 0)
		die("memory:");
	if (warden_open(&d->warden, d->dir, files) != 0)
		die("warden:");
	d->pattern = malloc(sizeof(*d->pattern));
	d->poller = poller_new("poll", limit);
	if (d->pattern == NULL || d->poller == NULL)
		die("memory:");
	for (i = 0; i < DEMO_CULPRITS; i++)
		d->culprit[i].fd = -1;
	demo_listen(d);
	stream_init(d->pattern, 1);
	write_file(d);
}

static int
find_model(const char *name)
{
	int i;

	for (i = 0; i < DEMO_MODELS; i++)
		if (strcmp(demo_models[i], name) == 0)
			return i;
	die_usage("--model: '%.32s': give one of prefork, prethread, fork, "
		  "thread",
	    name);
}

/* Why there is nothing more to be seen, with what was last heard, if only the
 * screen has shown it. */
static void
explain(const struct demo *d)
{
	unsigned i = d->newses > LAST_WORDS ? d->newses - LAST_WORDS : 0;

	for (; d->screen && i < d->newses; i++)
		(void)fprintf(stderr, "%s\n", d->news[i % DEMO_NEWS]);
	log_error("%s", d->broken);
}

/* What came of it. Returns the exit status. */
static int
tell_end(struct demo *d)
{
	int i, status = d->broken != NULL ? EXIT_SYSTEM : 0;

	if (d->broken != NULL)
		explain(d);
	for (i = 0; i < DEMO_MODELS; i++) {
		d->model = i;
		if (!d->score[i].shown)
			continue;
		if (!verdict_tell(d))
			status = 1;
	}
	return status;
}

static int
end(struct demo *d)
{
	int status = 0;

	terminal_leave();
	if (d->signo == 0)
		status = tell_end(d);
	warden_close(&d->warden);
	canvas_release(&d->canvas);
	poller_free(d->poller);
	free(d->pattern);
	if (d->signo != 0) {
		(void)signal(d->signo, SIG_DFL);
		(void)raise(d->signo);
	}
	return status;
}

int
demo_main(char **argv)
{
	/* Large, and needed once: not for the stack. */
	static struct demo demo;
	struct demo_choice choice = {.server = "prefork",
	    .model = "prefork",
	    .workers = 4,
	    .clients = 300,
	    .downloads = -1,
	    .timeout = 4000};
	struct demo *d = &demo;

	(void)arguments_parse(table, &choice, argv, NULL, 0);
	if (choice.help) {
		help();
		return 0;
	}
	if (choice.downloads < 0)
		choice.downloads = choice.clients / 8;
	if (choice.downloads > choice.clients)
		die_usage("--downloads: %lld: there are but %lld clients",
		    (long long)choice.downloads, (long long)choice.clients);
	d->choice = &choice;
	d->model = find_model(choice.model);
	d->screen = terminal_usable();
	d->person = isatty(STDIN_FILENO) == 1;
	d->began = d->now = clock_now();
	prepare(d);
	/* The script depends on what the server says of itself. */
	if (choice.automatic)
		d->script = "";
	if (d->screen && terminal_enter() != 0)
		die("terminal:");
	demo_run(d);
	return end(d);
}
