/*
 * The laboratory's service: an echo by lines, in which a line that begins
 * with '!' is a command, most of them a fault. An echo becomes it at the first
 * such line, if --demo was given.
 *
 * Its answers are not what it was sent, so it keeps them as http does: parsed
 * requests, rendered answers, and one store between them.
 */
#include "service/conn.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/num.h"
#include "http/bytes.h"
#include "os/memory.h"
#include "os/scribble.h"
#include "os/smash.h"
#include "service/config.h"
#include "service/registry.h"
#include "services.h"
#include "stream/input.h"
#include "stream/output.h"
#include "word.h"

enum { LINE_BYTES = 128, ANSWER_BYTES = 1024 };

static void
do_pid(char *answer, const char *argument)
{
	(void)argument;
	(void)snprintf(answer, ANSWER_BYTES, "pid %ld\n", (long)getpid());
}

static void
do_segv(char *answer, const char *argument)
{
	(void)answer;
	(void)argument;
	scribble_null();
}

/* Not abort(): in a process made by clone it may hit another. */
static void
do_abort(char *answer, const char *argument)
{
	(void)answer;
	(void)argument;
	(void)signal(SIGABRT, SIG_DFL);
	(void)kill(getpid(), SIGABRT);
}

static void
do_exit(char *answer, const char *argument)
{
	int64_t status;

	if (num_parse(argument, 0, 255, &status) != 0)
		(void)snprintf(answer, ANSWER_BYTES, "!exit takes 0 to 255\n");
	else
		_exit((int)status);
}

static void
do_hang(char *answer, const char *argument)
{
	static volatile int for_ever = 1;

	(void)answer;
	(void)argument;
	while (for_ever)
		;
}

static void
do_leak(char *answer, const char *argument)
{
	/* The compiler may not see that nobody will read it. */
	volatile char *p;
	size_t at, size;
	int64_t mib;

	if (num_parse(argument, 1, 65536, &mib) != 0) {
		(void)snprintf(
		    answer, ANSWER_BYTES, "!leak takes 1 to 65536 MiB\n");
		return;
	}
	size = (size_t)mib << 20;
	p = malloc(size);
	if (p == NULL) {
		(void)snprintf(answer, ANSWER_BYTES, "no memory left\n");
		return;
	}
	for (at = 0; at < size; at += memory_page())
		p[at] = 1;
	/* It is what this is for.
	 * NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
	(void)snprintf(
	    answer, ANSWER_BYTES, "leaked %lld MiB\n", (long long)mib);
	/* cppcheck-suppress memleak */
}

static void
do_scribble(char *answer, const char *argument)
{
	int64_t seed;

	(void)answer;
	if (num_parse(argument, 0, INT64_MAX, &seed) != 0)
		seed = (int64_t)getpid();
	scribble((uint64_t)seed);
}

/* As many bytes as are pairs of hexadecimal digits; -1: it is not that. */
static int
take_bytes(unsigned char bytes[LINE_BYTES], const char *hex)
{
	int high, low, n = 0;

	for (; hex[0] != '\0'; hex += 2) {
		high = byte_hex(hex[0]);
		low = high < 0 ? -1 : byte_hex(hex[1]);
		if (low < 0)
			return -1;
		bytes[n++] = (unsigned char)(high << 4 | low);
	}
	return n;
}

static void
do_smash(char *answer, const char *argument)
{
	unsigned char bytes[LINE_BYTES];
	int n = take_bytes(bytes, argument);

	if (n < 0)
		(void)snprintf(answer, ANSWER_BYTES,
		    "!smash takes bytes as hexadecimal digits\n");
	else if (smash(bytes, (size_t)n))
		(void)snprintf(answer, ANSWER_BYTES,
		    "%d bytes, and the canary is whole\n", n);
	else
		(void)snprintf(answer, ANSWER_BYTES,
		    "no canary stands before what these would overwrite\n");
}

static void
do_set(char *answer, const char *argument)
{
	word_set(argument);
	(void)snprintf(answer, ANSWER_BYTES, "set\n");
}

static void
do_get(char *answer, const char *argument)
{
	char text[WORD_BYTES];

	(void)argument;
	word_get(text);
	(void)snprintf(answer, ANSWER_BYTES, "%s\n", text);
}

static void do_help(char *answer, const char *argument);

static const struct command {
	const char *name;
	const char *help;
	void (*run)(char *answer, const char *argument);
} commands[] = {
    {"!pid", "who serves this connection", do_pid},
    {"!segv", "write through a null pointer", do_segv},
    {"!abort", "die of SIGABRT", do_abort},
    {"!exit", "N: exit with status N", do_exit},
    {"!hang", "loop for ever", do_hang},
    {"!leak", "MIB: take so much memory and keep it", do_leak},
    {"!scribble", "[SEED]: write all over the memory, then die", do_scribble},
    {"!smash",
	"HEX: write these bytes to a buffer of 24 on the stack, and beyond; "
	"die unless its canary is whole",
	do_smash},
    {"!set",
	"WORD: set a variable in the server's own memory; it is lost "
	"with the worker",
	do_set},
    {"!get", "show it", do_get},
    {"!help", "this", do_help},
};

enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static void
do_help(char *answer, const char *argument)
{
	size_t i, n = 0;

	(void)argument;
	for (i = 0; i < COMMANDS && n < ANSWER_BYTES; i++)
		n += (size_t)snprintf(answer + n, ANSWER_BYTES - n,
		    "%-10s %s\n", commands[i].name, commands[i].help);
}

/* Runs the command of the line; the answer is text. */
static void
run_command(char answer[ANSWER_BYTES], const char *line)
{
	size_t i, n = strcspn(line, " ");
	const char *argument = line + n + strspn(line + n, " ");

	(void)snprintf(
	    answer, ANSWER_BYTES, "no such command; !help lists them\n");
	for (i = 0; i < COMMANDS; i++)
		if (strlen(commands[i].name) == n &&
		    memcmp(commands[i].name, line, n) == 0)
			commands[i].run(answer, argument);
}

bool
demo_begin(struct conn *c, struct serving *s, int64_t from)
{
	struct record *r = c->r;
	struct answer *next;

	/* No ring from here on. */
	if (input_renew(s->journal, r, from) != 0)
		return false;
	next = answer_begin(r);
	next->parsed = from;
	next->mem_end = next->file_end = r->out;
	answer_commit(r);
	r->speaks = service_demo.id;
	return true;
}

/* Answers one line, if there is a whole one. */
static int
demo_answer(struct conn *c, struct serving *s)
{
	struct record *r = c->r;
	int64_t parsed = answer_now(r)->parsed;
	char answer[ANSWER_BYTES], line[LINE_BYTES];
	const char *p;
	size_t n;
	bool last;
	int whole = input_line(s->journal, r, LINE_BYTES, &p, &n);

	if (whole <= 0)
		return whole;
	parsed += (int64_t)n;
	n--;
	memcpy(line, p, n);
	line[n] = '\0';
	if (n > 0 && line[n - 1] == '\r')
		line[n - 1] = '\0';
	last = strcmp(line, "exit") == 0;
	if (last) {
		n = 0;
	} else if (line[0] != '!') {
		n++;
	} else {
		run_command(answer, line);
		p = answer;
		n = strlen(answer);
	}
	return output_push(s->journal, r, p, n, parsed, last);
}

static bool
demo_plausible(const struct record *r)
{
	struct answer a = *answer_now(r);

	a.last = a.linger = 0;
	return answer_is_blank(&a) && r->log_buf < 0 && r->logged == 0;
}

static bool
demo_reached(const struct service_config *config)
{
	return config->demo && config->first->mirrors;
}

const struct service service_demo = {
    .name = "demo",
    .id = SPEAKS_DEMO,
    .hidden = true,
    .answer = demo_answer,
    .plausible = demo_plausible,
    .reached = demo_reached,
};
