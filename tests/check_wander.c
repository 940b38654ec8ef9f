/*
 * A random walk with real processes: signals to the master, to workers and to
 * standbys, in any order and without a pause; after each leg as many slots
 * serve as are wanted. (check_walk does so with the table alone.) Where there
 * is a keeper, masters are killed as well.
 *
 * PREFORK_TEST_STEPS in the environment is how many steps there are in each
 * cell, PREFORK_TEST_SEED another walk:
 *
 *	PREFORK_TEST_STEPS=1000 make check TESTS=tests/check_wander
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "family.h"
#include "bench/proc.h"
#include "matrix.h"
#include "os/keep.h"
#include "peer.h"
#include "server.h"
#include "suite.h"

enum {
	STEPS = 24, /* unless told otherwise */
	STEPS_A_SERVER = 24,
	LEG = 8,     /* steps at most before it is looked */
	WORKERS = 3, /* at first */
	SLOTS = 5,   /* never more are wanted */
	NAME = 32,
	BUSY = 8 /* clients at a time */
};

static struct server server;
static int busy[BUSY]; /* -1: none */
static uint64_t random_state;
static int wanted;
static bool keeps;		/* there is a keeper */
static char state[SLOTS][NAME]; /* of each slot, as the log has it */
static size_t parsed;		/* of the log */
static char story[4096];	/* the steps of this server */

static unsigned
pick(unsigned of)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (unsigned)(random_state >> 33) % of;
}

static long
number_of(const char *name, long other)
{
	const char *text = getenv(name);

	return text != NULL ? strtol(text, NULL, 10) : other;
}

static void
note(const char *what, int slot)
{
	size_t len = strlen(story);

	(void)snprintf(story + len, sizeof(story) - len, " %s %d", what, slot);
}

/* --- steps --- */

static void
harm(const char *what, int slot, int signo)
{
	char title[NAME];
	pid_t pid;

	(void)snprintf(title, sizeof(title), "prefork: %s %d", what, slot);
	pid = server_member(&server, title);
	note(what, slot);
	note("gets", signo);
	/* It may be gone by now, or not be the only one of that name. */
	if (pid > 0)
		(void)kill(pid, signo);
}

/* Of two that wait, the master would see but one. */
static void
resize(int by)
{
	char line[NAME];

	if (wanted + by < 1 || wanted + by > SLOTS)
		return;
	wanted += by;
	note("wanted", wanted);
	server_signal(&server, by > 0 ? SIGTTIN : SIGTTOU);
	(void)snprintf(line, sizeof(line), "%d worker* wanted", wanted);
	(void)server_expect_log(&server, line);
}

/* A client that is not done: who is to leave waits for it a while. */
static void
stay_busy(void)
{
	unsigned i = pick(BUSY);

	if (busy[i] >= 0)
		client_close(busy[i]);
	busy[i] = client_open(&server);
	send_text(busy[i], "GET / HT");
}

static void
kill_master(void)
{
	note("master dies", 0);
	(void)kill(server_master(&server), SIGKILL);
}

static void
step(void)
{
	static const int to_master[] = {SIGHUP, SIGUSR1, SIGCHLD, SIGHUP};
	static const int to_child[] = {SIGKILL, SIGSTOP, SIGCONT, SIGKILL,
	    SIGSEGV, SIGUSR2, SIGUSR1, SIGCHLD, SIGHUP, SIGTERM};
	unsigned what = pick(keeps ? 12 : 10);
	int signo;

	if (what >= 10) {
		kill_master();
	} else if (what < 2) {
		resize(what == 0 ? 1 : -1);
	} else if (what == 2) {
		stay_busy();
	} else if (what < 5) {
		signo = to_master[pick(sizeof(to_master) / sizeof(int))];
		note("master gets", signo);
		server_signal(&server, signo);
	} else {
		signo = to_child[pick(sizeof(to_child) / sizeof(int))];
		harm(what < 8 ? "worker" : "standby", (int)pick(SLOTS), signo);
	}
}

/* --- what has come of them --- */

/* Takes the slots' states from "slot 1: serving and died: wait, waiting". */
static void
parse(void)
{
	const char *line = server.log + parsed, *end, *comma;
	int slot;

	for (; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		if (sscanf(line, "prefork: slot %d: ", &slot) != 1 ||
		    slot < 0 || slot >= SLOTS)
			continue;
		for (comma = end; comma > line && *comma != ','; comma--)
			;
		if (strncmp(line + strlen("prefork: slot 0: "), "pid ", 4) != 0)
			(void)snprintf(state[slot], NAME, "%.*s",
			    (int)(end - comma - 2), comma + 2);
	}
	parsed = (size_t)(line - server.log);
}

static bool
are_as_wanted(void)
{
	int i;

	parse();
	for (i = 0; i < SLOTS; i++)
		if (strcmp(state[i], i < wanted ? "serving" : "empty") != 0)
			return false;
	/* Those who leave are gone as well, and nobody is dead unseen. */
	return server_workers(&server, NULL, 0) == wanted;
}

static void
expect_as_wanted(void)
{
	int64_t until = deadline();
	int c, i;

	while (!are_as_wanted()) {
		ck_assert_msg(clock_now() < until,
		    "%d wanted, slots: %s %s %s %s %s, processes: %d; after%s",
		    wanted, state[0], state[1], state[2], state[3], state[4],
		    server_workers(&server, NULL, 0), story);
		server_listen(&server, 20);
	}
	for (i = 0; i < wanted; i++) {
		c = client_open(&server);
		greet(c);
		client_close(c);
	}
}

static void
wander(int cell, const char *option, long steps)
{
	long i, left = 0;
	int k;

	for (i = 0; i < steps; i++) {
		if (i % STEPS_A_SERVER == 0) {
			server_run_in(&server, cell, "-w", "3", "-v",
			    "--timeout", "2", "--grace", "2", option);
			server_allow_log(&server, "*");
			wanted = WORKERS;
			parsed = 0;
			story[0] = '\0';
			for (k = 0; k < SLOTS; k++)
				(void)strcpy(state[k], "empty");
			for (k = 0; k < BUSY; k++)
				busy[k] = -1;
			left = (long)pick(LEG);
		}
		step();
		if (left-- == 0 || (i + 1) % STEPS_A_SERVER == 0 ||
		    i + 1 == steps) {
			expect_as_wanted();
			left = (long)pick(LEG);
		}
		if ((i + 1) % STEPS_A_SERVER != 0 && i + 1 != steps)
			continue;
		for (k = 0; k < BUSY; k++)
			if (busy[k] >= 0)
				client_close(busy[k]);
		server_finish(&server);
	}
}

START_TEST(no_order_of_signals_and_deaths_loses_a_slot)
{
	random_state =
	    (uint64_t)number_of("PREFORK_TEST_SEED", 886172645463325252) | 1;
	wander(_i / 2, _i % 2 == 0 ? NULL : without_standby(),
	    number_of("PREFORK_TEST_STEPS", STEPS));
}
END_TEST

START_TEST(nor_does_the_death_of_masters)
{
	random_state =
	    (uint64_t)number_of("PREFORK_TEST_SEED", 472642534215417) | 1;
	keeps = true;
	wander(_i / 2, _i % 2 == 0 ? NULL : without_standby(),
	    number_of("PREFORK_TEST_STEPS", STEPS));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("wander");
	TCase *tc = suite_case(suite, "wander");

	if (!proc_visible())
		return suite_run(suite);
	/* A longer walk than usual has its time. */
	if (getenv("PREFORK_TEST_STEPS") != NULL)
		tcase_set_timeout(tc, 0);
	tcase_add_loop_test(tc, no_order_of_signals_and_deaths_loses_a_slot, 0,
	    2 * matrix_pools());
	if (keep_possible())
		tcase_add_loop_test(
		    tc, nor_does_the_death_of_masters, 0, 2 * matrix_pools());
	server_look_for_no_leaks();
	return suite_run(suite);
}
