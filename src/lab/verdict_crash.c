#include "verdict.h"
#include "src/lab/texts.inc"

#define SAY(text, ...) say(text, sizeof(text), __VA_ARGS__)

/* --- a crash, a kill, a hang --- */

/* Of milliseconds: what is short is told more exactly. */
static int
decimals(double ms)
{
	return ms < 10 ? 1 : 0;
}

static void
none_why(
    struct verdict *out, const struct variant *v, const struct crash_facts *f)
{
	if (v->standby)
		SAY(out->why, CRASH_KEPT, decimals(f->longest), f->longest);
	else if (v->per_client && !v->threads)
		SAY(out->why, CRASH_OWN_PROCESS);
	else if (v->threads && f->fault == FAULT_HANG)
		SAY(out->why, CRASH_THREAD_HANGS);
	else
		SAY(out->why, "It served no client but the culprit.");
}

static void
crash_why(
    struct verdict *out, const struct variant *v, const struct crash_facts *f)
{
	if (f->wrong > 0)
		SAY(out->why, CRASH_WRONG);
	else if (f->unheard > 0)
		SAY(out->why, CRASH_NOT_BACK);
	else if (f->lost == 0)
		none_why(out, v, f);
	else if (f->lost == f->others && f->fault == FAULT_HANG)
		SAY(out->why, CRASH_HANG_KILLS);
	else if (f->lost == f->others)
		SAY(out->why, CRASH_ALL);
	else
		SAY(out->why, CRASH_SOME, f->lost);
}

/* What the model promises. */
static bool
crash_surprises(const struct variant *v, const struct crash_facts *f)
{
	if (f->wrong > 0 || f->unheard > 0)
		return true;
	if (f->fault != FAULT_KILL && !f->culprit_lost)
		return !(f->fault == FAULT_HANG && v->threads && v->per_client);
	if (v->standby || (v->per_client && !v->threads))
		return f->lost > 0;
	if (v->threads && v->per_client && f->fault == FAULT_HANG)
		return f->lost > 0;
	if (v->threads)
		return f->lost < f->others;
	return f->lost >= f->others;
}

void
verdict_crash(
    struct verdict *out, const struct variant *v, const struct crash_facts *f)
{
	int hurt = f->lost > f->unheard ? f->lost : f->unheard;

	out->opinion = hurt == 0	  ? OPINION_GOOD
		       : hurt < f->others ? OPINION_MIXED
					  : OPINION_BAD;
	if (f->wrong > 0)
		out->opinion = OPINION_BAD;
	if (f->wrong > 0)
		SAY(out->text, "%d of %d others disconnected, %d wrong answers",
		    f->lost, f->others, f->wrong);
	else if (f->unheard > 0)
		SAY(out->text,
		    "%d of %d others disconnected, %d not served again",
		    f->lost, f->others, f->unheard);
	else if (f->lost == 0)
		SAY(out->text,
		    "none of %d others disconnected; the longest wait %.*f ms",
		    f->others, decimals(f->longest), f->longest);
	else
		SAY(out->text,
		    "%d of %d others disconnected; all served again after "
		    "%.*f ms",
		    f->lost, f->others, decimals(f->longest), f->longest);
	out->surprise = crash_surprises(v, f);
	crash_why(out, v, f);
}

/* --- memory runs out --- */

static const char *
leak_why(const struct variant *v, const struct leak_facts *f)
{
	if (f->lost > 0)
		return LEAK_DIED;
	if (f->refused == 0 && f->newcomers_served == f->newcomers)
		return LEAK_NONE;
	if (v->threads && f->newcomers_served < f->newcomers)
		return LEAK_NO_STACK;
	if (v->threads)
		return LEAK_THREADS;
	return LEAK_PROCESS;
}

void
verdict_leak(
    struct verdict *out, const struct variant *v, const struct leak_facts *f)
{
	int hurt = f->refused + f->lost;
	bool closed = f->newcomers_served < f->newcomers;

	out->opinion = hurt == f->others || closed ? OPINION_BAD
		       : hurt > 0		   ? OPINION_MIXED
						   : OPINION_GOOD;
	SAY(out->text,
	    "%d of %d others get no memory, %d disconnected; %d of %d new "
	    "clients served",
	    f->refused, f->others, f->lost, f->newcomers_served, f->newcomers);
	SAY(out->why, "%s", leak_why(v, f));
	/* In one process all are concerned in some way; with several, those of
	 * the others are not. */
	out->surprise =
	    f->lost > 0 || (v->threads	       ? hurt == 0 && !closed
			       : v->per_client ? hurt > 0 || closed
					       : hurt == f->others || closed);
}

/* --- descriptors run out --- */

static const char *
files_why(const struct variant *v, const struct files_facts *f)
{
	if (f->others_served < f->others || f->lost > 0)
		return FILES_HURT;
	if (f->after_served < f->after)
		return FILES_NOT_BACK;
	if (f->served == f->wanted)
		return FILES_NONE;
	if (v->threads)
		return FILES_THREADS;
	return FILES_PROCESSES;
}

void
verdict_files(
    struct verdict *out, const struct variant *v, const struct files_facts *f)
{
	bool back = f->after_served == f->after;
	bool all = f->others_served == f->others && f->lost == 0;

	out->opinion = !all || !back	       ? OPINION_BAD
		       : f->served < f->wanted ? OPINION_MIXED
					       : OPINION_GOOD;
	SAY(out->text,
	    "%d of %d served%s; %d of %d clients from before still served, "
	    "%d lost",
	    f->served, f->wanted,
	    f->served < f->wanted ? ", the rest wait" : "", f->others_served,
	    f->others, f->lost);
	SAY(out->why, "%s", files_why(v, f));
	out->surprise = !all || !back;
}
