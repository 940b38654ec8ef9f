/*
 * A program that was begun in the place of another goes on as a master, or as a
 * keeper, from what is at its descriptors.
 */
#include <fcntl.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/log.h"
#include "keeper.h"
#include "master/master.h"
#include "os/notify.h"
#include "processes.h"
#include "master/succeed.h"

/* Puts the two programs at the numbers that they have from now on. What was
 * open over the exec is closed on the next one again. */
static void
change_places(void)
{
	int fd;

	(void)dup2(FD_PROGRAM, FD_LOADER);
	(void)dup2(FD_OTHER, FD_PROGRAM);
	(void)dup2(FD_LOADER, FD_OTHER);
	(void)close(FD_LOADER);
	(void)descriptor_nothing();
	for (fd = FD_ROOT; fd < FD_CLIENTS; fd++)
		(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
}

int
master_go_on(struct master_config *config, const struct successor *s)
{
	struct state *state = state_find();

	succeed_watch(0);
	notify_begin();
	if (state == NULL)
		die("the state that the master before has left:");
	change_places();
	config->worker.program = s->program;
	if (s->role == ROLE_KEEPER)
		return keeper_go_on(config, state, s);
	config->in_place = true;
	if (s->other != 0 && s->other != getppid())
		return WORKER_FAILED;
	if (s->other == 0 && config->begun != NULL)
		config->begun();
	return master_serve(config, state, s->other);
}
