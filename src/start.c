#include "start.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "master/master.h"
#include "os/calls.h"
#include "os/ledger.h"
#include "os/memory.h"
#include "os/poller.h"
#include "os/process.h"
#include "os/standby.h"
#include "site.h"
#include "service/registry.h"
#include "worker/rehearse.h"

enum {
	BLAMES = 5,		   /* in a minute, unless told otherwise */
	DESCRIPTORS_MAX = 1 << 20, /* tables are sized by it */
	DESCRIPTORS_SPARE = 64,	   /* for files being opened, beside clients */
	DESCRIPTORS_CHILD = 2,	   /* the master's, for each of its children, */
	DESCRIPTORS_BIRTH = 4	   /* and while one is born */
};

/* Takes the low numbers, so that nothing else gets one of them by chance. What
 * was inherited beyond the standard streams is not ours, whatever its number:
 * somebody's lock would be held for ever. */
static void
reserve_descriptors(void)
{
	int fd;

	process_close_from(STDERR_FILENO + 1);
	do {
		fd = open("/dev/null", O_RDWR);
		if (fd < 0)
			die("open /dev/null:");
	} while (fd < FD_CLIENTS);
	(void)close(fd);
	for (fd = FD_ROOT; fd < FD_CLIENTS; fd++)
		(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
}

/* Moves fd to a number of our choice. */
static void
place(int fd, int number)
{
	if (dup2(fd, number) < 0)
		die("dup2:");
	(void)close(fd);
	(void)fcntl(number, F_SETFD, FD_CLOEXEC);
}

static struct root *
open_root(const char *path, enum root_links links)
{
	static struct root root;

	if (root_open(&root, path, FD_ROOT) != 0)
		die("root %s:", path);
	if (root.path == NULL)
		log_warn("root %s: its path is not known, so no other "
			 "directory will be found there:",
		    path);
	root.links = links;
	return &root;
}

static void
open_listeners(struct listeners *l, const struct options *o)
{
	const char *failed, *cause;
	int i;

	/* A server that runs may have the port. */
	if (listeners_open(l, o->bind, o->check ? 0 : (uint16_t)o->port,
		&failed, &cause) != 0)
		die("listen on %s port %d: %s", failed, (int)o->port, cause);
	for (i = 0; i < l->count; i++) {
		place(l->fd[i], FD_LISTEN + i);
		l->fd[i] = FD_LISTEN + i;
	}
}

/* Root serves nobody but this machine, unless told to become someone. */
static void
drop_rights(const struct listeners *l, const struct options *o)
{
	if (o->user != NULL) {
		if (process_become(o->user) != 0)
			die("become user %s:", o->user);
	} else if (geteuid() == 0) {
		if (!l->loopback)
			arguments_refuse("--bind", o->bind,
			    "--user too, or an address of this machine alone: "
			    "this is root");
		if (!o->check)
			log_warn(
			    "running as root; --user NAME would drop its rights");
	}
}

static int
clients_for(const struct options *o, const struct model *model, int workers,
    int descriptors)
{
	int most = descriptors - FD_CLIENTS - DESCRIPTORS_SPARE;
	int want = o->max_clients > 0 ? (int)o->max_clients : model->clients;

	/* Threads share one table. */
	if (model->pools && model->threads)
		most /= workers;
	if ((!model->pools && !model->threads) || want <= most)
		return want;
	if (o->max_clients > 0)
		log_warn("--max-clients: %d do not fit into %d descriptors, "
			 "%d it is",
		    want, descriptors, most);
	if (most < 1)
		die("too few descriptors: %d", descriptors);
	return most;
}

/* The master holds some for each child: with too few, slots would stay empty.
 */
static void
check_descriptors(const struct model *model, int workers, int descriptors)
{
	int children = model->children != 0 ? model->children : workers;
	int need =
	    FD_CLIENTS + DESCRIPTORS_CHILD * children + DESCRIPTORS_BIRTH;

	if (descriptors < need)
		die("too few descriptors: %d, and the master of %d workers "
		    "needs %d",
		    descriptors, workers, need);
}

/* Tries what a worker will need. */
static void
rehearse(const struct master_config *config, const struct options *o)
{
	const struct model *model = config->model;

	worker_rehearse(&config->worker,
	    !model->pools	   ? 0
	    : model->children != 0 ? config->workers
				   : 1,
	    o->root, o->user);
}

/* As the user that the workers run as: may it look at the root's path? Workers
 * begin afresh, but what was said here is not said again. */
static void
look_at_root(struct root *root)
{
	uint64_t before = root->seen;

	root_look(root, clock_now());
	if (root->seen != before)
		root_say(root, before, root->seen);
	root_forget(root);
}

/* Is there all that a takeover needs? Says so where not. */
static bool
have_standbys(void)
{
	if (standby_possible() && ledger_works())
		return true;
	log_note("no standbys on this system: a crash costs the clients of "
		 "its worker");
	return false;
}

/* The path, good from any directory. */
static const char *
whole_path(const char *log)
{
	char *path = realpath(log, NULL);

	return path != NULL ? path : log;
}

static const char *
open_log(const struct options *o)
{
	if (o->syslog)
		log_system(NULL);
	else if (o->log == NULL)
		log_own(FD_LOG);
	if (o->log == NULL)
		return NULL;
	if (log_file(o->log, FD_LOG) != 0)
		die("log %s:", o->log);
	return whole_path(o->log);
}

static struct append *
open_access_log(const char *log)
{
	static struct append access = {.fd = FD_ACCESS};

	if (log == NULL)
		return NULL;
	if (strcmp(log, "-") == 0) {
		if (dup2(STDOUT_FILENO, FD_ACCESS) < 0)
			die("standard output:");
		(void)fcntl(FD_ACCESS, F_SETFD, FD_CLOEXEC);
		append_own(&access, FD_ACCESS);
	} else {
		if (append_open(log, FD_ACCESS) != 0)
			die("access log %s:", log);
		access.path = whole_path(log);
		append_begin(&access);
	}
	return &access;
}

static bool
has_poller(const char *name)
{
	struct poller *p = poller_new(name, 64);

	poller_free(p);
	return p != NULL;
}

/* The one that was asked for, or the best that works here. */
static const char *
choose_poller(int asked)
{
	int i = asked >= 0 ? asked : 0;

	while (!has_poller(poller_names[i])) {
		if (asked >= 0 || poller_names[i + 1] == NULL)
			die("poller %s:", poller_names[i]);
		log_warn("no poller %s, %s in its place:", poller_names[i],
		    poller_names[i + 1]);
		i++;
	}
	return poller_names[i];
}

static void
configure_worker(struct worker_config *w, const struct options *o,
    const struct model *model, int workers)
{
	w->service.demo = o->demo;
	w->service.first = service_find(service_words[o->service]);
	w->service.idle_timeout = o->idle_timeout;
	w->service.header_timeout = o->header_timeout;
	w->service.keep_alive = o->keep_alive;
	w->service.access = open_access_log(o->access_log);
	w->service.access_format = (enum access_format)o->log_format;
	/* Both together fit into a buffer of the journal. */
	w->service.limits.line = (uint32_t)o->max_line;
	w->service.limits.head = (uint32_t)o->max_head;
	w->service.limits.fields = (uint32_t)o->max_fields;
	w->service.max_body = o->max_body;
	w->poller = choose_poller(o->poller);
	w->timeout = o->timeout;
	w->max_clients = clients_for(o, model, workers, w->descriptors);
	w->per_address = (int)o->max_clients_per_address;
	w->service.min_rate = o->min_rate;
}

/* What a container denies to us it denies to all that we make. */
static void
check_calls(const struct model *model)
{
	const char *denied = calls_missing(model->threads);

	if (denied != NULL)
		die("the system denies %s:", denied);
}

static void
tell_of_calls(void)
{
	char denied[CALLS_TEXT];

	calls_replaced(denied);
	if (denied[0] != '\0')
		log_note(
		    "the system denies %s: the server does without", denied);
}

int
start(const struct options *o)
{
	static struct board board;
	static struct listeners listeners;
	static struct master_config config;
	int i;

	config.model = &models[o->model];
	config.workers =
	    o->workers > 0 ? (int)o->workers : process_processors();
	config.grace = o->grace;
	config.blames = o->max_blames >= 0 ? (int)o->max_blames
			: o->demo	   ? 0
					   : BLAMES;
	check_calls(config.model);
	process_harden(o->traceable);
	/* Before the first is placed: the soft limit may be below its number.
	 */
	config.worker.descriptors = process_raise_descriptors(DESCRIPTORS_MAX);
	reserve_descriptors();
	site_prepare(&config.worker.service.site, o);
	config.worker.log = open_log(o);
	tell_of_calls();
	configure_worker(&config.worker, o, config.model, config.workers);
	config.worker.service.root =
	    open_root(o->root, (enum root_links)o->follow);
	config.worker.standby =
	    config.model->standby && !o->no_standby && have_standbys();
	check_descriptors(
	    config.model, config.workers, config.worker.descriptors);
	open_listeners(&listeners, o);
	if (o->demo && !listeners.loopback)
		arguments_refuse("--bind", o->bind,
		    "an address of this machine alone with --demo");
	drop_rights(&listeners, o);
	process_no_core();
	rehearse(&config, o);
	look_at_root(config.worker.service.root);
	if (o->check) {
		log_note("the options are fine");
		return 0;
	}
	if (board_open(&board, BOARD_ROWS_MAX, config.worker.max_clients,
		config.worker.standby ? FD_BOARD : BOARD_UNKEPT) != 0)
		die("shared memory:");
	config.listeners = &listeners;
	config.worker.listeners = listeners.count;
	config.worker.board = &board;
	log_rotations(config.worker.log, &board_master(&board)->rotations);
	if (config.worker.service.access != NULL)
		config.worker.service.access->rotations =
		    &board_master(&board)->rotations;
	for (i = 0; i < listeners.count; i++)
		log_note("listening on %s", listeners.name[i]);
	return master_run(&config);
}
