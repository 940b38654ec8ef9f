#include "verdict.h"

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
		SAY(out->why,
		    "The worker is gone and its memory with it, but its sockets "
		    "are not: the standby shares its table of descriptors. What "
		    "was owed to each is in the journal, and how far the dead "
		    "worker had come the kernel knows. So its other clients only "
		    "waited, %.*f ms at most.",
		    decimals(f->longest), f->longest);
	else if (v->per_client && !v->threads)
		SAY(out->why,
		    "The process that died served one client. The others have "
		    "processes of their own, which share neither memory nor "
		    "descriptors with it.");
	else if (v->threads && f->fault == FAULT_HANG)
		SAY(out->why,
		    "The thread that hangs serves one client only. It keeps its "
		    "thread, its memory and a processor for itself until the "
		    "whole server is replaced, since a thread cannot be ended "
		    "from outside without harm to what it shares.");
	else
		SAY(out->why, "It served no client but the culprit.");
}

static void
crash_why(
    struct verdict *out, const struct variant *v, const struct crash_facts *f)
{
	if (f->wrong > 0)
		SAY(out->why, "Answers were not what had been sent: the "
			      "server went on at the wrong place.");
	else if (f->unheard > 0)
		SAY(out->why, "Not all were served again in the time that was "
			      "looked at: the service did not come back for "
			      "them.");
	else if (f->lost == 0)
		none_why(out, v, f);
	else if (f->lost == f->others && f->fault == FAULT_HANG)
		SAY(out->why,
		    "One thread did not move, so the master had to assume that "
		    "none does, and killed the process after its timeout: a "
		    "signal kills a process, never one thread.");
	else if (f->lost == f->others)
		SAY(out->why,
		    "A fault kills a process, not a thread: the kernel closes "
		    "all its descriptors, and every client it served is "
		    "disconnected, whichever thread it was served by. They are "
		    "back as soon as a new process serves.");
	else
		SAY(out->why,
		    "The process that died served %d of the others too. The "
		    "kernel closed their connections with it; those of the "
		    "other workers noticed nothing. Memory is protected, "
		    "connections are not: they need a second owner.",
		    f->lost);
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
		return "The process did not survive its lack of memory, and "
		       "took clients with it.";
	if (f->refused == 0 && f->newcomers_served == f->newcomers)
		return "A limit on memory is a limit on a process. The one "
		       "that leaks has reached its own; each of the others has "
		       "one of its own, and is far from it.";
	if (v->threads && f->newcomers_served < f->newcomers)
		return "All threads take from the same address space. A client "
		       "that still gets some gets it from what malloc() had "
		       "set aside for its thread before; but there is no room "
		       "for the stack of one more thread, so new clients wait.";
	if (v->threads)
		return "All threads take from the same address space: what one "
		       "has leaked no other can have, but for what malloc() "
		       "had set aside for some threads before. That clients "
		       "are still served is since this server takes no memory "
		       "to serve them: all its tables are made at the start.";
	return "The clients of the process that leaks find no memory left "
	       "there; the other processes are far from their limits. No "
	       "client is disconnected, since this server takes no memory to serve: "
	       "all its tables are made at the start.";
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
		return "Clients that were there before were hurt: the server "
		       "gave up descriptors that it needed.";
	if (f->after_served < f->after)
		return "When the many had left, new clients were still not "
		       "served: the server did not notice that there were "
		       "descriptors again.";
	if (f->served == f->wanted)
		return "A limit on descriptors is a limit on a process, and "
		       "each process here has one client: none comes near "
		       "it. What runs out first are processes and memory.";
	if (v->threads)
		return "All threads share one table of descriptors, so the "
		       "limit is one for all of them. A client that finds no place waits "
		       "in the queue of the listening socket, and is served "
		       "when another leaves.";
	return "Each process has a table of descriptors of its own, so there "
	       "is room for as many again with every worker. A client that finds no "
	       "place waits in the queue of the listening socket, and is "
	       "served when another leaves.";
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
