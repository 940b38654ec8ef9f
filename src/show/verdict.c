/* What a model promises, and whether it was kept. */
#include "demo.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

/* Which clients a crash may cost, apart from the one that caused it. */
enum promise { NONE, SOME, ALL };

static enum promise
promise_of(const struct demo *d)
{
	static const enum promise of[DEMO_MODELS] = {NONE, ALL, NONE, ALL};

	return d->model == 0 && !d->log.standbys ? SOME : of[d->model];
}

const char *
verdict_script(const struct demo *d)
{
	return d->log.standbys ? "wsafzkrux" : "f";
}

/* NULL if the promise was kept, else why not. */
static const char *
objection(const struct demo *d, const struct score *s)
{
	uint64_t clients = (uint64_t)d->choice->clients;

	if (d->broken != NULL)
		return d->broken;
	if (s->wrong > 0)
		return "bytes were wrong";
	if (s->acts == 0 || s->deaths == 0)
		return "nothing has died";
	if (!WIFEXITED(d->status) || WEXITSTATUS(d->status) != 0)
		return "the server did not end well";
	switch (promise_of(d)) {
	case NONE:
		return s->lost > 0 ? "clients were lost" : NULL;
	case SOME:
		/* The server's word counts the one that caused it, too. */
		return s->lost == 0	       ? "no client was lost"
		       : s->lost > d->log.lost ? "others were lost as well"
					       : NULL;
	case ALL:
		break;
	}
	return s->lost != clients ? "not all clients were lost, or not once"
				  : NULL;
}

bool
verdict_tell(const struct demo *d)
{
	static const char *const promised[] = {
	    [NONE] = "no client but the one that causes it",
	    [SOME] = "the clients of the worker",
	    [ALL] = "all clients: they share one address space"};
	const struct score *s = &d->score[d->model];
	const char *why = objection(d, s);

	(void)printf("%s: %" PRIu64 " of %lld clients lost, %" PRIu64
		     " bytes wrong of %" PRIu64 ", in %" PRIu64 " death%s",
	    demo_models[d->model], s->lost, (long long)d->choice->clients,
	    s->wrong, s->verified, s->deaths, s->deaths == 1 ? "" : "s");
	if (!d->choice->automatic) {
		(void)printf("\n");
		return true;
	}
	if (why == NULL)
		(void)printf("; as promised: a crash costs %s\n",
		    promised[promise_of(d)]);
	else
		(void)printf("; NOT as promised: %s\n", why);
	return why == NULL;
}
