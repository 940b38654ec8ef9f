#include "start.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "configure.h"
#include "image.h"
#include "listen.h"
#include "master/master.h"
#include "os/calls.h"
#include "os/keep.h"
#include "os/ledger.h"
#include "os/memory.h"
#include "os/pid_file.h"
#include "os/poller.h"
#include "os/process.h"
#include "os/exec.h"
#include "os/standby.h"
#include "service/registry.h"
#include "site.h"
#include "worker/dry_run.h"

enum {
	DESCRIPTORS_MAX = 1 << 20, /* tables are sized by it */
	DESCRIPTORS_SPARE = 64,	   /* for files being opened, beside clients */
	DESCRIPTORS_CHILD = 2,	   /* the master's, for each of its children, */
	DESCRIPTORS_FORK = 4	   /* and while one is made */
};

static void
open_root(struct image *image, const char *path)
{
	struct root root;

	if (root_open(&root, path, FD_ROOT) != 0)
		die("root %s:", path);
	if (root.path == NULL)
		log_warn("root %s: its path is not known, so no other "
			 "directory will be found there:",
		    path);
	image->root = root.path;
	image->only = root.only;
	image->root_seen = root.seen;
}

static struct listeners listeners;
static struct pid_file pid_file = {.fd = -1};

static void
remove_pid_file(void)
{
	pid_file_remove(&pid_file);
}

/* Takes the pid file. It is removed when this process exits, unless it was
 * there before and nothing has been written to it. */
static void
take_pid_file(const struct options *o)
{
	char why[PID_FILE_WHY];

	if (o->pid_file == NULL)
		return;
	/* With --test a server that runs may have it. */
	if (pid_file_take(&pid_file, o->pid_file, FD_PID_FILE, why) != 0 &&
	    (!o->test || pid_file.holder == 0))
		die("--pid-file %s: %s", o->pid_file, why);
	if (atexit(remove_pid_file) != 0)
		die("atexit:");
}

static void
write_pid_file(const struct options *o)
{
	if (o->pid_file != NULL && pid_file_write(&pid_file) != 0)
		die("--pid-file %s:", o->pid_file);
}

/* For master_config.alone: the keeper's files are this process's from now on.
 */
static void
inherit_files(void)
{
	listeners.maker = getpid();
	if (pid_file.fd >= 0 && pid_file_inherit(&pid_file) != 0)
		log_warn("%s:", pid_file.path);
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
		log_warn("--max-clients %d: the limit is %d, since there are "
			 "only %d descriptors",
		    want, most, descriptors);
	if (most < 1)
		die("too few descriptors: %d", descriptors);
	return most;
}

/* The master has some open for each child: with too few, slots would stay
 * empty. */
static void
check_descriptors(const struct model *model, int workers, int descriptors)
{
	int children = model->children != 0 ? model->children : workers;
	int need = FD_CLIENTS + DESCRIPTORS_CHILD * children + DESCRIPTORS_FORK;

	if (descriptors < need)
		die("too few descriptors: %d, and the master of %d workers "
		    "needs %d",
		    descriptors, workers, need);
}

/* Tries what a worker will need, before there is one. */
static void
dry_run_worker(const struct master_config *config, const struct options *o)
{
	const struct model *model = config->model;

	worker_dry_run(&config->worker,
	    !model->pools	   ? 0
	    : model->children != 0 ? config->workers
				   : 1,
	    o->root, o->user);
}

/* Says if the user that the workers run as may not look at the root's path.
 * Workers look for themselves, but do not say so again. */
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

static bool
have_keeper(const struct options *o)
{
	if (o->no_keeper)
		return false;
	if (keep_possible())
		return true;
	if (o->keeper)
		log_note("no keeper on this system: the master's death ends "
			 "the server");
	return false;
}

static const char *
absolute_path(const char *log)
{
	char *path = realpath(log, NULL);

	return path != NULL ? path : log;
}

static void
open_log(struct image *image, const struct options *o)
{
	if (o->syslog)
		log_system(NULL);
	else if (o->log == NULL)
		log_own(FD_LOG);
	else if (log_file(o->log, FD_LOG) != 0)
		die("log %s:", o->log);
	if (o->log != NULL)
		image->log = absolute_path(o->log);
	image->log_fd = log_descriptor();
}

static void
open_access_log(struct image *image, const char *log)
{
	struct append access = {.fd = FD_ACCESS};

	if (log == NULL)
		return;
	if (strcmp(log, "-") == 0) {
		if (dup2(STDOUT_FILENO, FD_ACCESS) < 0)
			die("standard output:");
		(void)fcntl(FD_ACCESS, F_SETFD, FD_CLOEXEC);
		append_own(&access, FD_ACCESS);
		return;
	}
	if (append_open(log, FD_ACCESS) != 0)
		die("access log %s:", log);
	image->access_log = absolute_path(log);
}

static bool
has_poller(const char *name)
{
	struct poller *p = poller_new(name, 64);

	poller_free(p);
	return p != NULL;
}

/* The one that was asked for, or the best that works here. */
static int
choose_poller(int asked)
{
	int i = asked >= 0 ? asked : 0;

	while (!has_poller(poller_names[i])) {
		if (asked >= 0 || poller_names[i + 1] == NULL)
			die("poller %s:", poller_names[i]);
		log_warn("%s fails, %s is used:", poller_names[i],
		    poller_names[i + 1]);
		i++;
	}
	return i;
}

/* What a container denies to this process it denies to its children. */
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

/* Finds out what a program that goes on later cannot, and opens all but the
 * listeners. */
static void
find_out(struct image *image, const struct options *o,
    const struct model *model, int workers)
{
	open_log(image, o);
	tell_of_calls();
	open_access_log(image, o->access_log);
	image->poller = choose_poller(o->poller);
	image->max_clients =
	    clients_for(o, model, workers, (int)image->descriptors);
	open_root(image, o->root);
}

static void
listen_and_drop_rights(
    struct listeners *l, const struct options *o, bool replaced)
{
	listen_open(l, o, replaced);
	take_pid_file(o);
	listen_drop_rights(l, o);
	process_no_core();
}

static void
share_board(struct worker_config *w, struct board *board)
{
	if (board_open(board, BOARD_ROWS_MAX, w->max_clients, FD_BOARD) != 0)
		die("shared memory:");
	configure_board(w, board);
	log_count(&board_master(board)->unheard);
}

/* Leaves all that another program needs to go on from this one. False: that
 * cannot be done here. */
static bool
leave_image(const struct worker_config *w, struct image *image)
{
	return w->board->kept && image_write(image, FD_IMAGE) == 0 &&
	       exec_remember(FD_PROGRAM, image->program);
}

/* Can workers begin their program anew? Says so where not. */
static bool
can_renew(const struct worker_config *w, bool succeeds)
{
	if (succeeds && worker_try_renewal(w))
		return true;
	log_note("no program can be begun anew on this system: workers have "
		 "the addresses of those before them");
	return false;
}

int
start(const struct options *o, char **argv)
{
	static struct board board;
	static struct master_config config;
	static struct image image;
	static char state[IMAGE_VERSION_TEXT];
	struct worker_config *w = &config.worker;
	bool succeeds;
	int i;

	configure_master(&config, o);
	check_calls(config.model);
	process_harden(o->traceable);
	image.argv = argv;
	image.service = service_words[o->service];
	/* Before the first is placed: the soft limit may be below its number.
	 */
	image.descriptors = process_raise_descriptors(DESCRIPTORS_MAX);
	config.replaces = listen_inherit(&listeners, o);
	image.adopted = listeners.count;
	site_prepare(&w->service.site, o, &image);
	find_out(&image, o, config.model, config.workers);
	w->standby = config.model->standby && !o->no_standby && have_standbys();
	config.keeper = have_keeper(o);
	check_descriptors(config.model, config.workers, (int)image.descriptors);
	listen_and_drop_rights(&listeners, o, config.replaces != 0);
	config.listeners = &listeners;
	config.alone = inherit_files;
	image.listeners = listeners.count;
	image.status = listeners.status;
	configure_worker(w, o, &image);
	dry_run_worker(&config, o);
	look_at_root(w->service.root);
	if (o->test) {
		log_note("the options are fine");
		return 0;
	}
	share_board(w, &board);
	image.program = exec_path(config.replaces != 0);
	image.standby = w->standby;
	image.keeper = config.keeper;
	succeeds = leave_image(w, &image);
	w->renews = w->standby && !o->no_exec && can_renew(w, succeeds);
	config.path = succeeds ? image.program : NULL;
	config.argv = argv;
	image_version(state);
	config.state = state;
	w->image = &image;
	w->keep = w->renews ? configure_keep : NULL;
	w->reread = configure_reread;
	for (i = 0; i < listeners.count; i++)
		log_note("%s %s",
		    listeners.status >> i & 1 ? "status on" : "listening on",
		    listeners.name[i]);
	write_pid_file(o);
	return keeper_run(&config);
}
