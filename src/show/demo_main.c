/* The command, its options, and what is made ready and cleared away. */
#include "demo.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arguments.h"
#include "base/clock.h"
#include "os/poller.h"
#include "os/terminal.h"

enum {
	CHUNK = 65536, /* bytes of the file that are written at once */
	LAST_WORDS = 5 /* lines that are repeated when it ends badly */
};

#define AT(field) offsetof(struct demo_choice, field)

/* clang-format off */
static const struct argument rows[] = {
	{.name = "auto", .kind = ARGUMENT_FLAG, .at = AT(automatic),
	    .help = "show what the model promises, then end with a verdict"},
	{.name = "model", .kind = ARGUMENT_CHOICE, .at = AT(model),
	    .preset = "prefork", .words = demo_models,
	    .help = "how the clients are served"},
	{.name = "workers", .kind = ARGUMENT_NUMBER, .at = AT(workers),
	    .min = 1, .max = 64, .value = "N", .preset = "4",
	    .help = "workers"},
	{.name = "clients", .kind = ARGUMENT_NUMBER, .at = AT(clients),
	    .min = 1, .max = 10000, .value = "N", .preset = "300",
	    .help = "clients"},
	{.name = "downloads", .kind = ARGUMENT_NUMBER, .at = AT(downloads),
	    .max = 10000, .value = "N", .absent = -1,
	    .otherwise = "one in eight",
	    .help = "how many of them download"},
	{.name = "timeout", .kind = ARGUMENT_SECONDS, .at = AT(timeout),
	    .min = 500, .max = 60000, .value = "S", .preset = "4",
	    .help = "a worker that hangs is replaced after so long"},
	{.name = "no-standby", .kind = ARGUMENT_FLAG, .at = AT(no_standby),
	    .help = "make no standbys"},
	{.name = "server", .kind = ARGUMENT_TEXT, .at = AT(server),
	    .value = "PATH", .preset = "prefork",
	    .help = "the prefork to be shown"},
	{.name = "help", .letter = 'h', .kind = ARGUMENT_PRINT,
	    .print = arguments_help, .help = "print this"},
	{.name = NULL},
};
/* clang-format on */

static const struct arguments arguments = {
    .usage = "usage: prefork-show demo [OPTION ...]\n"
	     "Starts prefork and clients, and breaks it while you watch.\n",
    .row = rows,
};

static void
write_file(const struct demo *d)
{
	char path[CLEANUP_PATH + 16], chunk[CHUNK];
	uint64_t at;
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", d->dir, DEMO_FILE);
	f = fopen(path, "wb");
	if (f == NULL)
		die("%s:", path);
	for (at = 0; at < DEMO_FILE_BYTES; at += CHUNK) {
		pattern_fill(d->pattern, DEMO_FILE_STREAM, at, chunk, CHUNK);
		if (fwrite(chunk, 1, CHUNK, f) != CHUNK)
			die("%s:", path);
	}
	if (fclose(f) != 0)
		die("%s:", path);
}

static void
prepare(struct demo *d)
{
	int limit = clients_room(d->choice->clients);

	if (terminal_share() != 0)
		die("memory:");
	/* The shell may go on to use the terminal. */
	if (cleanup_open("prefork-show", d->dir, terminal_leave) != 0)
		die("temporary directory:");
	d->pattern = malloc(sizeof(*d->pattern));
	d->poller = poller_new("poll", limit);
	if (d->pattern == NULL || d->poller == NULL)
		die("memory:");
	demo_listen(d);
	pattern_init(d->pattern, 1);
	write_file(d);
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
	cleanup_close();
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
	struct demo_choice choice = {.server = NULL};
	struct demo *d = &demo;
	char text[24];

	(void)arguments_demand(&arguments, &choice, argv);
	if (choice.downloads < 0)
		choice.downloads = choice.clients / 8;
	(void)snprintf(text, sizeof(text), "%lld", (long long)choice.downloads);
	if (choice.downloads > choice.clients)
		arguments_refuse("--downloads", text,
		    "at most %lld: there are no more clients",
		    (long long)choice.clients);
	d->choice = &choice;
	d->model = choice.model;
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
