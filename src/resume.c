#include "config.h"

#include "resume.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/log.h"
#include "configure.h"
#include "master/master.h"
#include "options.h"
#include "os/listener.h"
#include "os/pid_file.h"
#include "os/process.h"
#include "os/title.h"
#include "site.h"
#include "worker/worker.h"

static void
find_log(const struct options *o, const struct image *image)
{
	log_init("prefork", o->verbose ? LOG_DEBUG : LOG_NOTE);
	if (o->syslog)
		log_system(NULL);
	else
		log_to((int)image->log_fd);
}

static void
find_board(struct worker_config *w, struct board *board)
{
	if (board_find(board, BOARD_ROWS_MAX, w->max_clients, FD_BOARD) != 0)
		die("the scoreboard cannot be found:");
	configure_board(w, board);
}

/* Notes up to which rotation the program before has followed the logs. */
static void
have_followed(struct worker_config *w, int32_t log, int32_t access)
{
	log_has_followed(log);
	if (w->service.access != NULL)
		w->service.access->followed = access;
}

/* Only the worker's own row stays writable. */
static void
own_row(struct worker_config *w, const struct renewal *renewal)
{
	struct board *board = w->board;

	if (renewal->row < 0 || renewal->row >= board->rows ||
	    board_restrict(board, renewal->row, 1) != 0)
		die("row %d of the scoreboard cannot be used:", renewal->row);
	log_share(&board_row(board, renewal->row)->unheard);
	have_followed(w, renewal->log_followed, renewal->access_followed);
}

/* Takes the number again that was given up over the exec. */
static void
reserve_descriptor(void)
{
	if (descriptor_move(descriptor_nothing(), FD_LOADER) != 0)
		die("reserve descriptors:");
}

/* A process that takes over is called a worker only when its standby is made,
 * and the standby is never called one: so a process that is killed because of
 * its title always has another behind it. */
static void
set_title(int argc, char **argv, const struct renewal *renewal)
{
	const char *what =
	    renewal->holder == RENEWAL_COLD ? "worker" : "standby";
	char title[48], brief[16];

	title_init(argc, argv);
	(void)snprintf(
	    title, sizeof(title), "prefork: %s %d", what, renewal->row);
	(void)snprintf(brief, sizeof(brief), "prefork-%s", what);
	title_set(title, brief);
}

/* What a worker, a master and a keeper make of the options alike. */
static void
configure(struct worker_config *w, struct options *o, struct image *image)
{
	options_parse(o, image->argv);
	/* The exec has taken it back. */
	process_harden(o->traceable);
	find_log(o, image);
	site_prepare(&w->service.site, o, image);
	configure_worker(w, o, image);
	w->image = image;
	w->reread = configure_reread;
}

static struct options o;

static int
resume_worker(
    int argc, char **argv, const struct renewal *renewal, struct image *image)
{
	static struct worker_config w;
	static struct board board;

	configure(&w, &o, image);
	w.standby = w.renews = true;
	w.keep = configure_keep;
	w.program = renewal->program;
	if (renewal->row == RENEWAL_TRIAL)
		return 0;
	find_board(&w, &board);
	own_row(&w, renewal);
	reserve_descriptor();
	set_title(argc, argv, renewal);
	return worker_go_on(&w, renewal);
}

static struct listeners listeners;
static struct pid_file pid_file = {.fd = -1};

static void
remove_files(void)
{
	pid_file_remove(&pid_file);
	listeners_remove(&listeners);
}

/* From now on this process removes the server's files when it exits. */
static void
keep_files(void)
{
	listeners.maker = getpid();
	if (o.pid_file != NULL)
		pid_file_go_on(&pid_file, o.pid_file, FD_PID_FILE);
	if (atexit(remove_files) != 0)
		die("atexit:");
}

/* In a master whose keeper is dead. */
static void
inherit_files(void)
{
	keep_files();
	if (pid_file.fd >= 0 && pid_file_inherit(&pid_file) != 0)
		log_warn("%s:", pid_file.path);
}

static int
resume_master(int argc, char **argv, const struct successor *successor,
    struct image *image)
{
	static struct master_config config;
	static struct board board;
	static char state[IMAGE_VERSION_TEXT];
	struct worker_config *w = &config.worker;
	int32_t rotations;

	image_version(state);
	config.version = PACKAGE_VERSION;
	config.state = state;
	if (image->argv == NULL && successor->role == ROLE_TRIAL)
		return master_answer_trial(&config);
	configure(w, &o, image);
	configure_master(&config, &o);
	w->standby = w->renews = image->standby != 0;
	w->keep = w->renews ? configure_keep : NULL;
	find_board(w, &board);
	log_count(&board_master(&board)->unheard);
	/* A master obeys every order to follow them. */
	rotations = board_get(board_master(&board)->rotations);
	have_followed(w, rotations, rotations);
	listeners_find(
	    &listeners, FD_LISTEN, (int)image->listeners, (int)image->adopted);
	listeners.status = (unsigned)image->status;
	config.listeners = &listeners;
	config.keeper = image->keeper != 0;
	config.path = image->program;
	config.argv = image->argv;
	if (successor->role == ROLE_TRIAL)
		return master_answer_trial(&config);
	title_init(argc, argv);
	config.begun = keep_files;
	config.alone = inherit_files;
	return master_go_on(&config, successor);
}

bool
resume_is_asked(int argc, char **argv, struct resumption *r)
{
	if (successor_parse(argc, argv, &r->successor) == ROLE_NONE &&
	    !renewal_parse(argc, argv, &r->renewal))
		return false;
	if (image_read(&r->image, FD_IMAGE) == 0)
		return true;
	memset(&r->image, 0, sizeof(r->image));
	return r->successor.role == ROLE_TRIAL;
}

int
resume(int argc, char **argv, struct resumption *r)
{
	if (r->successor.role != ROLE_NONE)
		return resume_master(argc, argv, &r->successor, &r->image);
	return resume_worker(argc, argv, &r->renewal, &r->image);
}
