#include "verdict.h"
#include "src/lab/texts.inc"

#define SAY(text, ...) say(text, sizeof(text), __VA_ARGS__)

/* "1 client", "3 clients" */
static const char *
clients(int n)
{
	return n == 1 ? "client" : "clients";
}

void
verdict_none(struct verdict *out, const char *why)
{
	out->opinion = OPINION_NONE;
	out->surprise = false;
	SAY(out->text, "not measured: %s", why);
	SAY(out->why, "The figures could not be had.");
}

/* --- a variable --- */

static const char *
variable_why(const struct variable_facts *f)
{
	if (f->other_saw > 0)
		return VARIABLE_SEEN_OUTSIDE;
	if (f->same_saw < f->same)
		return VARIABLE_NOT_EVEN_INSIDE;
	if (f->processes == 1)
		return VARIABLE_ONE_PROCESS;
	if (f->same > 0)
		return VARIABLE_COPIED;
	return VARIABLE_OF_ITS_OWN;
}

void
verdict_variable(struct verdict *out, const struct variant *v,
    const struct variable_facts *f)
{
	int saw = f->same_saw + f->other_saw, all = f->same + f->other;

	if (f->other_saw > 0) {
		out->opinion = OPINION_BAD;
		SAY(out->text,
		    "not isolated: %d of %d clients of other processes see it",
		    f->other_saw, f->other);
	} else if (f->processes == 1 && saw == all) {
		out->opinion = OPINION_BAD;
		SAY(out->text, "shared: all %d others see it", all);
	} else if (f->processes == 1) {
		out->opinion = OPINION_MIXED;
		SAY(out->text,
		    "one process, and yet only %d of %d others see it", saw,
		    all);
	} else if (f->same_saw < f->same) {
		out->opinion = OPINION_MIXED;
		SAY(out->text,
		    "isolated even within a process: %d of %d there see it",
		    f->same_saw, f->same);
	} else {
		out->opinion = OPINION_GOOD;
		SAY(out->text,
		    "isolated: none of the %d %s of other processes sees it",
		    f->other, clients(f->other));
	}
	out->surprise = f->other_saw > 0 || f->same_saw < f->same ||
			(f->processes == 1) != v->threads;
	SAY(out->why, "%s", variable_why(f));
}

/* --- a stray write --- */

static const char *
scribble_why(const struct variant *v, const struct scribble_facts *f)
{
	if (f->other_changed + f->other_lost > 0)
		return SCRIBBLE_OUTSIDE;
	if (f->other == 0 && f->same_changed + f->same_lost > 0)
		return SCRIBBLE_ONE_PROCESS;
	if (f->other == 0)
		return SCRIBBLE_LUCK;
	if (f->same == 0)
		return SCRIBBLE_NOBODY_THERE;
	if (f->same_lost + f->same_changed == 0)
		return SCRIBBLE_INTACT;
	if (v->standby)
		return SCRIBBLE_DROPPED;
	return SCRIBBLE_DIED;
}

void
verdict_scribble(struct verdict *out, const struct variant *v,
    const struct scribble_facts *f)
{
	int hurt_other = f->other_changed + f->other_lost;
	int hurt = f->same_changed + f->same_lost + hurt_other;
	int changed = f->same_changed + f->other_changed;
	int all = f->same + f->other;

	out->opinion = hurt == 0    ? OPINION_GOOD
		       : hurt < all ? OPINION_MIXED
				    : OPINION_BAD;
	if (hurt_other > 0)
		out->opinion = OPINION_BAD;
	SAY(out->text,
	    "%d of %d others lost what they had there, %d got "
	    "wrong bytes",
	    hurt - changed, all, changed);
	SAY(out->why, "%s", scribble_why(v, f));
	/* Whatever a model promises: no wrong bytes, and no client is hurt in
	 * another process; that there are others is what processes promise. */
	out->surprise = changed > 0 || hurt_other > 0 ||
			(v->threads ? f->other > 0 || hurt < all : hurt == all);
}

/* --- pages --- */

void
verdict_pages(
    struct verdict *out, const struct variant *v, const struct pages_facts *f)
{
	if (f->one_process) {
		out->opinion = OPINION_BAD;
		SAY(out->text,
		    "%lld KiB, all that is writable, is in reach of "
		    "every executor",
		    (long long)f->both_write);
		SAY(out->why, PAGES_OF_THREADS);
	} else if (f->both_write == 0) {
		out->opinion = OPINION_GOOD;
		SAY(out->text, "no page can be written by two executors");
		SAY(out->why, PAGES_NONE);
	} else {
		out->opinion = OPINION_MIXED;
		SAY(out->text, "%lld KiB can be written by two executors",
		    (long long)f->both_write);
		SAY(out->why, PAGES_ON_PURPOSE);
	}
	out->surprise = f->one_process != v->threads ||
			(!f->one_process && f->both_write * 4 > f->resident);
}

/* --- memory --- */

void
verdict_memory(
    struct verdict *out, const struct variant *v, const struct memory_facts *f)
{
	double all = f->per_client + f->tables;

	if (f->per_client < 0) {
		verdict_none(out, f->stopped);
		return;
	}
	out->surprise = false;
	out->opinion = f->reached < f->wanted		? OPINION_BAD
		       : all <= 4 * f->best		? OPINION_GOOD
		       : f->per_client + f->tables < 64 ? OPINION_MIXED
							: OPINION_BAD;
	if (f->reached < f->wanted)
		SAY(out->text, "%d of %d clients, %.1f KiB for each; %s",
		    f->reached, f->wanted, all, f->stopped);
	else
		SAY(out->text, "%d clients, %.1f KiB for each", f->reached,
		    all);
	if (v->per_client && !v->threads)
		SAY(out->why, MEMORY_PROCESS, f->per_client, f->tables,
		    f->rss_by_pss);
	else if (v->per_client)
		SAY(out->why, MEMORY_THREAD, f->per_client, f->tables);
	else
		SAY(out->why, MEMORY_RECORD, f->rss_by_pss);
}

/* --- contests --- */

/* Do they lie further apart than their spreads? */
static bool
differs(const struct value *a, const struct value *b)
{
	return a->low > b->high || b->low > a->high;
}

struct contest
contest_of(const struct experiment *e, int figure, int v, bool more_is_better)
{
	const struct value *value = e->value[figure];
	struct contest c = {.own = &value[v], .more_is_better = more_is_better};
	int i;

	for (i = 0; i < VARIANTS; i++)
		if (value[i].samples > 0 &&
		    (c.best == NULL ||
			(more_is_better ? value[i].median > c.best->median
					: value[i].median < c.best->median))) {
			c.best = &value[i];
			c.best_name = variants[i].name;
		}
	return c;
}

/* Fills opinion and the words "the fastest", "as fast as X" or "N % behind X".
 */
static void
judge(struct verdict *out, const struct contest *c, char words[VERDICT_TEXT])
{
	double own = c->own->median, best = c->best->median;
	double behind = c->more_is_better
			    ? (best > 0 ? 100 * (best - own) / best : 0)
			    : (best > 0 ? 100 * (own - best) / best : 0);

	out->surprise = false;
	if (c->own == c->best) {
		out->opinion = OPINION_GOOD;
		say(words, VERDICT_TEXT, "the best median");
	} else if (!differs(c->own, c->best)) {
		out->opinion = OPINION_GOOD;
		say(words, VERDICT_TEXT,
		    "no difference to %s: the spreads overlap", c->best_name);
	} else {
		out->opinion = behind > 50 ? OPINION_BAD : OPINION_MIXED;
		say(words, VERDICT_TEXT, "%.0f %% behind %s", behind,
		    c->best_name);
	}
}

void
verdict_speed(struct verdict *out, const struct variant *v,
    const struct contest *trips, double cpu_us)
{
	char words[VERDICT_TEXT];

	if (trips->own->samples == 0) {
		verdict_none(out, trips->own->note);
		return;
	}
	judge(out, trips, words);
	SAY(out->text, "%.0f round trips/s: %s", trips->own->median, words);
	if (v->per_client)
		SAY(out->why, SPEED_SWITCHES, v->threads ? "thread" : "process",
		    cpu_us, v->threads ? "thread" : "process");
	else
		SAY(out->why, SPEED_NO_SWITCH, cpu_us,
		    v->threads ? "That these are threads makes no difference "
				 "to it: they share nothing while they work."
			       : "That these are processes makes no difference "
				 "to it: they share nothing while they work.");
}

void
verdict_start(struct verdict *out, const struct variant *v,
    const struct contest *replaced, double ready_ms)
{
	char words[VERDICT_TEXT];

	if (replaced->own->samples == 0) {
		verdict_none(out, replaced->own->note);
		return;
	}
	judge(out, replaced, words);
	SAY(out->text, "a new executor serves after %.1f ms: %s",
	    replaced->own->median, words);
	SAY(out->why, "The server is ready after %.1f ms. %s", ready_ms,
	    v->standby	    ? START_STANDBY
	    : v->per_client ? START_PER_CLIENT
			    : START_COLD);
}
