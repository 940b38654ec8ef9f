/* How an upgrade ends. */
#include "upgrade.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "os/title.h"

void
upgrade_title(const struct master *m)
{
	const struct upgrade *u = &m->upgrade;
	char title[96];
	int n;

	n = snprintf(title, sizeof(title), "prefork: %s (%s, %d workers)",
	    u->stage == UPGRADE_AFRESH ? "old master" : "master",
	    m->config->model->name, m->config->workers);
	if (u->ended > 0 && n > 0 && (size_t)n < sizeof(title))
		(void)snprintf(title + n, sizeof(title) - (size_t)n,
		    ", upgrade %" PRIu32 " %s", u->ended,
		    u->failed ? "failed" : "done");
	title_set(title, m->keeper != 0 ? "prefork-master" : "prefork");
}

void
upgrade_end(struct master *m, bool failed)
{
	struct upgrade *u = &m->upgrade;

	if (u->trial > 0)
		(void)kill(u->trial, SIGKILL);
	u->stage = UPGRADE_NONE;
	u->back = false;
	u->failed = failed;
	u->ended++;
	children_close_end(&u->says);
	(void)dup2(FD_LOADER, FD_OTHER);
	upgrade_title(m);
}

void
upgrade_refuse(struct master *m, const char *why)
{
	if (m->config->path != NULL)
		log_warn("no upgrade to %s: %s", m->config->path, why);
	else
		log_warn("no upgrade: %s", why);
	upgrade_end(m, true);
}

void
upgrade_call_off(struct master *m, const char *why)
{
	struct upgrade *u = &m->upgrade;

	if (u->back) {
		log_warn("the program before comes back in part: %s", why);
		upgrade_end(m, true);
		return;
	}
	log_warn("the upgrade to prefork %s is called off, and the program "
		 "before comes back: %s",
	    u->version, why);
	u->back = true;
	u->stage = m->keeper != 0 ? UPGRADE_KEEPER : UPGRADE_MASTER;
	u->deadline = m->now + UPGRADE_KEEPER_MS;
}
