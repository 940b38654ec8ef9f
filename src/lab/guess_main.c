/* prefork-guess: the canary of the workers' stacks, guessed byte by byte, with
 * and without takeovers by exec. See scripts/guess, which builds it and runs
 * it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attack.h"
#include "base/arguments.h"
#include "base/log.h"
#include "bench/cleanup.h"
#include "bench/program.h"

enum {
	EXIT_UNEXPECTED = 1,
	EXIT_NO_WAY = 77,
	DEATHS_MOST = 10000,
	ENOUGH = 4096 /* deaths that suffice if the secret stays the same */
};

struct settings {
	int64_t bytes, deaths;
	const char *program;
};

#define AT(field) offsetof(struct settings, field)

/* clang-format off */
static const struct argument rows[] = {
	{.name = "deaths", .kind = ARGUMENT_NUMBER, .at = AT(deaths),
	    .value = "N", .min = 1, .max = DEATHS_MOST, .preset = "1000",
	    .help = "workers to kill by guesses, where nothing is learnt"},
	{.name = "bytes", .kind = ARGUMENT_NUMBER, .at = AT(bytes),
	    .value = "N", .min = 1, .max = GUESS_SECRET, .otherwise = "all",
	    .absent = GUESS_SECRET,
	    .help = "secret bytes that are enough to know"},
	{.name = "program", .kind = ARGUMENT_TEXT, .at = AT(program),
	    .value = "PATH", .otherwise = "prefork beside this program",
	    .help = "the server"},
	{.name = "help", .letter = 'h', .kind = ARGUMENT_PRINT,
	    .print = arguments_help, .help = "print this"},
	{.name = NULL},
};
/* clang-format on */

static const struct arguments arguments = {
    .usage = "usage: prefork-guess [OPTION ...]\n"
	     "Guesses the stack canary of prefork's workers, byte by byte, and "
	     "says what it learns.\n",
    .row = rows,
};

/* The two servers that are attacked. */
enum { SAME, FRESH, SERVERS };

/* Starts it and attacks it; dies if that cannot be done, with EXIT_NO_WAY where
 * there is no such thing. */
static void
attack_one(
    struct attack *a, const struct settings *s, int which, const char *dir)
{
	const char *argv[] = {s->program, "--demo", "--traceable",
	    "--max-blames", "0", "-w", "1", "-b", "127.0.0.1", "-p", "0", "-r",
	    dir, which == SAME ? "--no-exec" : NULL, NULL};
	static struct instance server;
	char why[ATTACK_WHY] = "";
	enum attack_end end;

	if (instance_serve(&server, argv, NULL, why) != 0)
		die("%s: %s", s->program, why);
	if (strstr(server.log, "no standbys") != NULL ||
	    strstr(server.log, "no program can be begun anew") != NULL) {
		(void)snprintf(why, sizeof(why),
		    "there are no takeovers "
		    "by exec on this system");
		end = ATTACK_NO_WAY;
	} else {
		end = attack(a, &server, (int)s->bytes,
		    which == SAME ? ENOUGH : s->deaths, why);
	}
	instance_end(&server);
	if (end == ATTACK_OVER)
		return;
	cleanup_close();
	(void)printf("%s: %s\n",
	    end == ATTACK_NO_WAY ? "nothing was tried" : "it failed", why);
	exit(end == ATTACK_NO_WAY ? EXIT_NO_WAY : EXIT_SYSTEM);
}

static void
print_row(const char *what, int64_t same, int64_t fresh)
{
	(void)printf(
	    "  %-46s %10lld %10lld\n", what, (long long)same, (long long)fresh);
}

static void
print_found(const struct attack *a)
{
	int i;

	(void)printf("  what is sure of the canary, without exec:");
	for (i = 0; i < a->guess.sure; i++)
		(void)printf(" %02x", a->guess.byte[i]);
	(void)printf("\n");
}

static void
print_table(const struct attack *same, const struct attack *fresh)
{
	const struct guess *s = &same->guess, *f = &fresh->guess;
	char secret[48];

	(void)snprintf(secret, sizeof(secret), "of its %d secret bytes, learnt",
	    GUESS_SECRET);
	(void)printf("  %-46s %10s %10s\n",
	    "the canary of the stack, byte by byte", "--no-exec", "exec");
	print_row("guesses", s->tries, f->tries);
	print_row("workers that died of them", s->deaths, f->deaths);
	print_row(secret, s->sure - GUESS_GIVEN, f->sure - GUESS_GIVEN);
	print_row(
	    "times that what seemed learnt was wrong", s->refuted, f->refuted);
	print_row("workers that were met", same->workers, fresh->workers);
	print_row(
	    "different layouts of their memory", same->layouts, fresh->layouts);
	print_row("milliseconds", same->ms, fresh->ms);
	print_found(same);
}

/* Says what is not as it should be; false: something is not. */
static bool
judge(const struct attack *same, const struct attack *fresh, int64_t bytes)
{
	bool learnt = same->guess.sure - GUESS_GIVEN >= bytes;
	bool kept = fresh->guess.sure == GUESS_GIVEN;
	/* Where a first start has the layout of another, there are no others.
	 */
	bool moves = same->first.program != fresh->first.program;
	bool layouts =
	    !moves || (same->layouts == 1 && fresh->layouts == fresh->workers);

	if (!moves)
		(void)printf("a program lies at one place on this system, or "
			     "its memory cannot be seen\n");
	if (!learnt)
		(void)printf("UNEXPECTED: without exec it was not learnt\n");
	if (!kept)
		(void)printf("UNEXPECTED: with exec a part of it was learnt\n");
	if (!layouts)
		(void)printf("UNEXPECTED: the layouts are not one for each "
			     "worker with exec, and one for all without\n");
	return learnt && kept && layouts;
}

int
main(int argc, char **argv)
{
	static struct attack attacks[SERVERS];
	char dir[CLEANUP_PATH], program[CLEANUP_PATH];
	struct settings s;
	int i;

	(void)argc;
	log_init("prefork-guess", LOG_NOTE);
	memset(&s, 0, sizeof(s));
	(void)arguments_demand(&arguments, &s, argv + 1);
	if (s.program == NULL)
		s.program = program_beside(
		    program, sizeof(program), argv[0], "prefork");
	if (cleanup_open("prefork-guess", dir, NULL) != 0)
		die("temporary directory:");
	cleanup_on_signals();
	for (i = 0; i < SERVERS; i++)
		attack_one(&attacks[i], &s, i, dir);
	cleanup_close();
	print_table(&attacks[SAME], &attacks[FRESH]);
	return judge(&attacks[SAME], &attacks[FRESH], s.bytes)
		   ? EXIT_SUCCESS
		   : EXIT_UNEXPECTED;
}
