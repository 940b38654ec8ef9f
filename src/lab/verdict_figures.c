#include "verdict.h"

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
		return "Clients of other processes see the word: there is "
		       "memory that several processes write to. Ordinary "
		       "variables are not like that; this one was put "
		       "into shared memory.";
	if (f->same_saw < f->same)
		return "Not even all clients of the same process see the word: "
		       "each executor has a variable of its own, as with "
		       "thread-local memory.";
	if (f->processes == 1)
		return "There is one process, so there is one address space, "
		       "so there is one variable. Threads have their own "
		       "stacks and registers, and everything else in common. "
		       "That is convenient (a cache, a counter) and dangerous "
		       "(every pointer reaches everything).";
	if (f->same > 0)
		return "After fork() a child has a copy of its parent's "
		       "memory. The same address means another page in each "
		       "process, so a write is seen by the clients of that one "
		       "process only. What shall be shared must be shared on "
		       "purpose: by a pipe, by mmap(MAP_SHARED), by a file.";
	return "Each client has a process to itself, and so a variable to "
	       "itself: a write lands in a page that no other maps.";
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
		return "Clients of other processes were hurt: the stray write "
		       "reached memory that is shared between processes.";
	if (f->other == 0 && f->same_changed + f->same_lost > 0)
		return "All clients are in one address space. The write went "
		       "anywhere in it, and when the process died of it, all "
		       "that it held was gone, for all of them.";
	if (f->other == 0)
		return "One process, but the write hit nothing that mattered: "
		       "look at it as luck.";
	if (f->same == 0)
		return "The write could reach one process, and in it there was "
		       "no client but the one that asked for it. The memory "
		       "management unit has no translation for the pages of "
		       "the others: there is no address to hit them with.";
	if (f->same_lost + f->same_changed == 0)
		return "The write could reach one process only; and the "
		       "standby found the records of its clients intact, and "
		       "went on with them.";
	if (v->standby)
		return "The write could reach one process and the journal that "
		       "it shares with its standby. The standby drops records "
		       "whose checksum does not match rather than send wrong "
		       "bytes; the clients of other processes were out of "
		       "reach.";
	return "The write could reach one process; when it died its clients "
	       "went with it. Those of other processes were out of reach: "
	       "their pages are not in its page tables.";
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
		SAY(out->why,
		    "Threads use the same page tables: there is no page of one "
		    "that another could not write. Only their stacks are meant "
		    "to be apart, and nothing enforces it.");
	} else if (f->both_write == 0) {
		out->opinion = OPINION_GOOD;
		SAY(out->text, "no page can be written by two executors");
		SAY(out->why,
		    "What the two processes show as shared is either the "
		    "program and its libraries, which none may write, or "
		    "memory from before the fork(), which is copied at the "
		    "first write (copy-on-write). What is shared on purpose is "
		    "mapped read-only by all but its one writer.");
	} else {
		out->opinion = OPINION_MIXED;
		SAY(out->text, "%lld KiB can be written by two executors",
		    (long long)f->both_write);
		SAY(out->why,
		    "The executors share this much on purpose, by "
		    "mmap(MAP_SHARED): here a small table in which each "
		    "notes how it is. A stray write of one can reach the notes "
		    "of another there, but no client's bytes.");
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
		SAY(out->why,
		    "Each client needs a process: a stack, heap pages that were "
		    "copied when they were first written (%.1f KiB), and page "
		    "tables (%.1f KiB), which RSS, PSS and USS all leave out, as "
		    "they do the kernel's own part. RSS says %.1f times what PSS "
		    "says, since it counts the program once for every process.",
		    f->per_client, f->tables, f->rss_by_pss);
	else if (v->per_client)
		SAY(out->why,
		    "Each client needs a thread: of its stack only the pages it "
		    "has touched count, and the program and the heap are there "
		    "once for all. %.1f KiB for each, and %.1f KiB of page "
		    "tables.",
		    f->per_client, f->tables);
	else
		SAY(out->why,
		    "A client that waits is a record in a table and a "
		    "descriptor: no stack, no process. What it costs the kernel "
		    "(the socket) is the same in all models and not counted "
		    "here. RSS says %.1f times what PSS says.",
		    f->rss_by_pss);
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
		SAY(out->why,
		    "For every message the kernel has to switch to the one %s "
		    "that serves this client and back to wait: one switch for "
		    "each round trip, and %.1f microseconds of processor time "
		    "in all. A new connection costs a new %s on top.",
		    v->threads ? "thread" : "process", cpu_us,
		    v->threads ? "thread" : "process");
	else
		SAY(out->why,
		    "A worker is woken once and then serves all clients that "
		    "have something to say: under load it does not switch "
		    "between clients at all, and needs %.1f microseconds of "
		    "processor time for a round trip. %s",
		    cpu_us,
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
	    v->standby ? "When its worker dies the standby is there already: "
			 "it only has to be woken and to look through its "
			 "journal."
	    : v->per_client
		? "When the process that accepts clients dies, a new one is "
		  "forked. Each client costs a new executor in any case: "
		  "compare the time to the first answer."
		: "When its executor dies the master forks a new one, which "
		  "sets up its tables before it serves. In this time new "
		  "clients wait in the queue of the listening socket, which "
		  "belongs to the master.");
}
