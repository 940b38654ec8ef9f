/* Crash: a fault, a kill, a hang, as the other clients see it. */
#include <assert.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "lab.h"
#include "steady.h"
#include "verdict.h"
#include "src/lab/texts.inc"

enum { MOST_MS = 8000 };

static_assert(
    STEADY_CLIENTS == 24 && STEADY_PERIOD_MS == 20, "the texts say so");

/* What is done, and for how long it is looked at. */
struct mishap {
	enum fault fault;
	const char *command; /* NULL: the process is killed from outside */
	/* After the moment; before: a fifth. For the culprit: up to so long. */
	int quick_ms, full_ms, patient_ms;
};

/* Did the server name the client whose request it was? */
static bool
is_named(struct instance *s, unsigned port)
{
	char name[48];

	instance_listen(s);
	(void)snprintf(name, sizeof(name), "127.0.0.1:%u", port);
	return strstr(s->log, name) != NULL;
}

static const char *
measure_mishap(struct trial *t)
{
	const struct mishap *m = t->experiment->recipe->with;
	int ms = t->lab->settings.quick ? m->quick_ms : m->full_ms;
	struct steady *p = t->picture;
	struct crash_facts f;

	if (steady_begin(p, &t->server.dial, ms / 5) != 0) {
		steady_end(p);
		return LAB_UNANSWERED;
	}
	if (m->command != NULL) {
		steady_command(p, m->command);
	} else {
		steady_fault(p);
		(void)kill(p->server[0], SIGKILL);
	}
	steady_go_on(p, ms, m->patient_ms, MOST_MS);
	steady_end(p);
	steady_facts(p, &f);
	f.fault = m->fault;
	f.blamed = is_named(&t->server, p->culprit_port);
	experiment_add(t->experiment, t->v,
	    (const double[]){
		f.lost, f.longest, f.wrong, f.culprit_lost, f.blamed});
	verdict_crash(t->verdict, t->variant, &f);
	return NULL;
}

static void
write_spans(struct json *j, const struct steady_client *c)
{
	int i;

	json_begin(j, NULL, '[');
	for (i = 0; i < c->spans; i++) {
		json_begin(j, NULL, '{');
		json_number(j, "from", (double)c->span[i].from, 1);
		json_number(j, "to", (double)c->span[i].to, 1);
		json_bool(j, "lost", c->span[i].lost);
		json_end(j, '}');
	}
	json_end(j, ']');
}

/* A row for each client over time. */
static void
draw_strip(struct json *j, const char *key, const void *picture)
{
	const struct steady *s = picture;
	int i;

	json_begin(j, key, '{');
	json_count(j, "seen_ms", STEADY_SEEN_MS);
	json_number(j, "fault_ms", (double)(s->fault - s->begun) / 1e6, 1);
	json_number(j, "end_ms", (double)(s->ended - s->begun) / 1e6, 1);
	probes_tell(j, s->server, STEADY_CLIENTS);
	json_begin(j, "clients", '[');
	for (i = 0; i < STEADY_CLIENTS; i++)
		write_spans(j, &s->client[i]);
	json_end(j, ']');
	json_end(j, '}');
}

/* What the three have in common. clang-format off */
#define DONE(what) CRASH_DONE " " what CRASH_AGAIN
#define BY_HAND(timeout, what)                                           \
	"./prefork --demo -p 5000 -w 4 --timeout " timeout " -m MODEL\n" \
	"./prefork-client --load --clients 24 --rate 1200 --reconnect "  \
	"localhost 5000\n" what
#define COMMON(timeout)                                                       \
	.group = "crash",                                                     \
	.figure = {{"others_lost", "others disconnected", "", 0},             \
	    {"longest_wait_ms", "their longest wait for an answer", "ms", 1}, \
	    {"wrong_answers", "wrong answers", "", 0},                        \
	    {"culprit_lost", "the one itself disconnected (1: yes)", "", 0},  \
	    {"culprit_named", "named in the log (1: yes)", "", 0}},           \
	.chart = {.kind = "strips",                                           \
	    .picture = sizeof(struct steady),                                 \
	    .draw = draw_strip},                                              \
	.options = {"-w", "4", "--timeout", timeout},                         \
	.measure = measure_mishap
/* clang-format on */

const struct recipe recipe_segv = {
    .id = "segv",
    .title = "A crash",
    .question = SEGV_QUESTION,
    .done = DONE("the first sends !segv"),
    .by_hand = BY_HAND("10", "nc localhost 5000       type: !segv"),
    .quick = 1.3,
    .full = 2.2,
    COMMON("10"),
    .with = &(const struct mishap){FAULT_SEGV, "!segv\n", 250, 1500, 0},
};

const struct recipe recipe_kill = {
    .id = "kill",
    .title = "A kill from outside",
    .question = KILL_QUESTION,
    .done = DONE("the process that serves the first gets SIGKILL"),
    .by_hand = BY_HAND("10", "nc localhost 5000       type: !pid\n"
			     "kill -9 PID             in another terminal"),
    .quick = 1.3,
    .full = 2.2,
    COMMON("10"),
    .with = &(const struct mishap){FAULT_KILL, NULL, 250, 1500, 0},
};

const struct recipe recipe_hang = {
    .id = "hang",
    .title = "A hang",
    .question = HANG_QUESTION,
    .done = DONE("the first sends !hang, which loops for ever; a worker that "
		 "does not move for --timeout is replaced"),
    .by_hand = BY_HAND("1", "nc localhost 5000       type: !hang"),
    .quick = 2.2,
    .full = 3.8,
    COMMON("1"),
    .with = &(const struct mishap){FAULT_HANG, "!hang\n", 1400, 3000, 2500},
};
