#include "start.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/descriptor.h"
#include "base/log.h"
#include "base/num.h"
#include "configure.h"
#include "image.h"
#include "master/master.h"
#include "os/activation.h"
#include "os/calls.h"
#include "os/keep.h"
#include "os/ledger.h"
#include "os/memory.h"
#include "os/notify.h"
#include "os/pid_file.h"
#include "os/poller.h"
#include "os/process.h"
#include "os/exec.h"
#include "os/standby.h"
#include "service/registry.h"
#include "site.h"
#include "worker/rehearse.h"

enum {
	DESCRIPTORS_MAX = 1 << 20, /* tables are sized by it */
	DESCRIPTORS_SPARE = 64,	   /* for files being opened, beside clients */
	DESCRIPTORS_CHILD = 2,	   /* the master's, for each of its children, */
	DESCRIPTORS_BIRTH = 4	   /* and while one is born */
};

/* Of what was inherited the listeners, from ACTIVATION_FIRST on, and the
 * descriptor for the newline (-1: none) get their numbers; the rest is closed.
 */
static void
keep_inherited(int listeners, int newline)
{
	int i, end = FD_LISTEN + listeners;

	/* Out of the way first. */
	if (newline >= 0)
		newline = fcntl(newline, F_DUPFD, FD_CLIENTS);
	for (i = listeners - 1; i >= 0; i--)
		if (dup2(ACTIVATION_FIRST + i, FD_LISTEN + i) < 0)
			die("listener %d that was handed over:", i);
	if (newline >= 0 && dup2(newline, FD_NOTIFY) < 0)
		die("--notification-fd:");
	for (i = FD_ROOT; i < (newline >= 0 ? FD_NOTIFY : FD_LISTEN); i++)
		(void)close(i);
	process_close_from(end);
	if (newline >= 0)
		notify_at(FD_NOTIFY);
}

/* Takes the low numbers, so that nothing else gets one of them by chance. What
 * was inherited beyond the standard streams is not ours, whatever its number:
 * somebody's lock would be held for ever. */
static void
reserve_descriptors(int listeners, int newline)
{
	int fd;

	keep_inherited(listeners, newline);
	do {
		fd = descriptor_nothing();
		if (fd < 0)
			die("a descriptor to be kept:");
	} while (fd < FD_CLIENTS);
	(void)close(fd);
	for (fd = FD_ROOT; fd < FD_CLIENTS; fd++)
		(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
}

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

/* The master that this server is to take the place of: a child of the process
 * whose program has changed. */
static pid_t replaced;

static void
remove_listeners(void)
{
	listeners_remove(&listeners);
}

/* NULL ends it. A server that runs may have the files: to test the options
 * none is made. */
static void
list_addresses(const struct options *o, int adopted, const char **address)
{
	int i, n = 0;

	/* All of them were handed over. */
	address[0] = NULL;
	if (replaced != 0)
		return;
	for (i = 0; i < o->bind.count; i++)
		if (!o->check || !listener_is_path(o->bind.value[i]))
			address[n++] = o->bind.value[i];
	if (o->bind.count == 0 && adopted == 0)
		address[n++] = "localhost";
	address[n] = NULL;
}

static _Noreturn void
refuse_listener(const char *address, int port, const char *cause)
{
	if (listener_is_path(address))
		die("listen on %s: %s", address, cause);
	die("listen on %s port %d: %s", address, port, cause);
}

/* Those that were handed over stand at FD_LISTEN and behind it. */
static void
adopt_listeners(struct listeners *l, const struct activation *a)
{
	int i;

	for (i = 0; i < a->count; i++) {
		if (listeners_adopt(l, FD_LISTEN + i) != 0)
			die("descriptor %d %s that was handed over is no "
			    "listening socket",
			    ACTIVATION_FIRST + i, a->name[i]);
		if (strcmp(a->name[i], ACTIVATION_STATUS) == 0)
			l->status |= 1U << i;
	}
}

/* From the i-th on they get their numbers. */
static void
place_listeners(struct listeners *l, int i)
{
	for (; i < l->count; i++) {
		if (descriptor_move(l->fd[i], FD_LISTEN + i) != 0)
			die("dup2:");
		l->fd[i] = FD_LISTEN + i;
	}
}

/* How many of the first `count` are for clients. */
static int
count_public(const struct listeners *l, int count)
{
	int i, n = 0;

	for (i = 0; i < count; i++)
		n += !(l->status >> i & 1);
	return n;
}

/* Where the server speaks of itself: where it was told, or in a demonstration
 * at a port that is free. */
static void
open_status(struct listeners *l, const struct options *o)
{
	const struct listener_rights rights = {o->socket_mode, o->socket_owner};
	const char *outside = l->outside, *failed, *cause;
	struct listener_status s = {.host = "localhost"};
	const char *address[] = {s.host, NULL};
	int i, before = l->count;

	if (o->status != NULL)
		(void)listener_parse_status(&s, o->status);
	else if (!o->demo || l->status != 0)
		return;
	if (replaced != 0 || (o->check && listener_is_path(s.host)))
		return;
	l->outside = NULL;
	if (listeners_open(l, address, o->check ? 0 : s.port, &rights, &failed,
		&cause) != 0)
		die("--status %s: %s", o->status != NULL ? o->status : s.host,
		    cause);
	if (o->demo && l->outside != NULL)
		arguments_refuse("--status", l->outside,
		    "an address of this machine alone with --demo");
	if (outside != NULL)
		l->outside = outside;
	place_listeners(l, before);
	for (i = before; i < l->count; i++)
		l->status |= 1U << i;
}

static void
open_listeners(struct listeners *l, const struct options *o)
{
	const struct listener_rights rights = {o->socket_mode, o->socket_owner};
	const char *address[ARGUMENT_LIST_MAX + 1];
	const char *failed, *cause;
	const int adopted = l->count;

	list_addresses(o, count_public(l, adopted), address);
	if (atexit(remove_listeners) != 0)
		die("atexit:");
	/* A server that runs may have the port. */
	if (listeners_open(l, address, o->check ? 0 : (uint16_t)o->port,
		&rights, &failed, &cause) != 0)
		refuse_listener(failed, (int)o->port, cause);
	place_listeners(l, adopted);
}

/* That which has made it listen at l->outside. */
static const char *
outside_option(const struct listeners *l)
{
	int i = 0;

	while (i < l->count && l->outside != l->name[i])
		i++;
	return l->status >> i & 1 ? "--status" : "--bind";
}

/* Root serves nobody but this machine, unless told to become someone. */
static void
drop_rights(const struct listeners *l, const struct options *o)
{
	if (o->user != NULL) {
		if (process_become(o->user) != 0)
			die("become user %s:", o->user);
	} else if (geteuid() == 0) {
		if (l->outside != NULL)
			arguments_refuse(outside_option(l), l->outside,
			    "--user too, or an address of this machine alone: "
			    "this is root");
		if (!o->check)
			log_warn(
			    "running as root; --user NAME would drop its rights");
	}
}

static void
find_replaced(void)
{
	const char *text = getenv(MASTER_REPLACES);
	int64_t pid;

	if (text != NULL && num_parse(text, 1, INT32_MAX, &pid) == 0 &&
	    process_is_child((pid_t)pid))
		replaced = (pid_t)pid;
	(void)unsetenv(MASTER_REPLACES);
}

/* What the supervisor that started us, if there is one, has for us. */
static void
inherit(struct listeners *l, const struct options *o)
{
	struct activation handed;

	notify_begin();
	if (activation_find(&handed, LISTENERS_MAX) != 0)
		die("LISTEN_FDS: at most %d sockets can be handed over",
		    LISTENERS_MAX);
	if (o->notification_fd >= 0 &&
	    fcntl((int)o->notification_fd, F_GETFD) < 0)
		die("--notification-fd %d:", (int)o->notification_fd);
	reserve_descriptors(handed.count, (int)o->notification_fd);
	adopt_listeners(l, &handed);
	find_replaced();
	if (replaced == 0)
		return;
	/* Their files are this process's own, as before. */
	l->count = 0;
	listeners_find(l, FD_LISTEN, handed.count, 0);
	l->maker = getpid();
}

static struct pid_file pid_file = {.fd = -1};

static void
remove_pid_file(void)
{
	pid_file_remove(&pid_file);
}

/* Whatever ends this process, but for a signal that kills: the file is removed,
 * unless it was there before and nothing has been written to it. */
static void
take_pid_file(const struct options *o)
{
	char why[PID_FILE_WHY];

	if (o->pid_file == NULL)
		return;
	/* A server that runs may have it. */
	if (pid_file_take(&pid_file, o->pid_file, FD_PID_FILE, why) != 0 &&
	    (!o->check || pid_file.holder == 0))
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

/* In a master whose keeper is dead. */
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

/* The path, good from any directory. */
static const char *
whole_path(const char *log)
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
		image->log = whole_path(o->log);
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
	image->access_log = whole_path(log);
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
		log_warn("no poller %s, %s in its place:", poller_names[i],
		    poller_names[i + 1]);
		i++;
	}
	return i;
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

/* All that a program which goes on cannot find out any more: opens what there
 * is to open, but for the listeners. */
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
listen_as(struct listeners *l, const struct options *o)
{
	open_listeners(l, o);
	if (o->demo && l->outside != NULL)
		arguments_refuse("--bind", l->outside,
		    "an address of this machine alone with --demo");
	open_status(l, o);
	take_pid_file(o);
	drop_rights(l, o);
	process_no_core();
}

static void
share_board(struct worker_config *w, struct board *board)
{
	if (board_open(board, BOARD_ROWS_MAX, w->max_clients, FD_BOARD) != 0)
		die("shared memory:");
	configure_board(w, board);
}

/* Can a program go on from another? */
static bool
can_succeed(const struct worker_config *w, struct image *image)
{
	return w->board->kept && image_write(image, FD_IMAGE) == 0 &&
	       exec_remember(FD_PROGRAM);
}

/* Can workers begin their program anew? Says so where not. */
static bool
can_renew(const struct worker_config *w, bool succeeds)
{
	if (succeeds && worker_rehearse_renewal(w))
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
	inherit(&listeners, o);
	image.adopted = listeners.count;
	site_prepare(&w->service.site, o, &image);
	find_out(&image, o, config.model, config.workers);
	w->standby = config.model->standby && !o->no_standby && have_standbys();
	config.keeper = have_keeper(o);
	check_descriptors(config.model, config.workers, (int)image.descriptors);
	listen_as(&listeners, o);
	config.listeners = &listeners;
	config.alone = inherit_files;
	image.listeners = listeners.count;
	image.status = listeners.status;
	configure_worker(w, o, &image);
	rehearse(&config, o);
	look_at_root(w->service.root);
	if (o->check) {
		log_note("the options are fine");
		return 0;
	}
	share_board(w, &board);
	image.program = exec_path();
	image.standby = w->standby;
	image.keeper = config.keeper;
	succeeds = can_succeed(w, &image);
	w->renews = w->standby && !o->no_exec && can_renew(w, succeeds);
	config.path = succeeds ? image.program : NULL;
	config.argv = argv;
	config.replaces = replaced;
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
