#include "resume.h"

#include <fcntl.h>
#include <stdio.h>

#include "base/descriptor.h"
#include "base/log.h"
#include "configure.h"
#include "options.h"
#include "os/process.h"
#include "os/title.h"
#include "site.h"

bool
resume_is_asked(
    int argc, char **argv, struct renewal *renewal, struct image *image)
{
	return worker_goes_on(argc, argv, renewal) &&
	       image_read(image, FD_IMAGE) == 0;
}

static void
find_log(const struct options *o, const struct image *image)
{
	log_init("prefork", o->verbose ? LOG_DEBUG : LOG_NOTE);
	if (o->syslog)
		log_system(NULL);
	else
		log_to((int)image->log_fd);
}

/* The scoreboard, and what is counted there. Only its own row stays writable.
 */
static void
find_board(
    struct worker_config *w, const struct renewal *renewal, struct board *board)
{
	struct append *access = w->service.access;

	if (board_find(board, BOARD_ROWS_MAX, w->max_clients, FD_BOARD) != 0)
		die("the scoreboard:");
	if (renewal->row < 0 || renewal->row >= board->rows ||
	    board_restrict(board, renewal->row, 1) != 0)
		die("row %d of the scoreboard:", renewal->row);
	w->board = board;
	log_share(&board_row(board, renewal->row)->unheard);
	log_rotations(w->log, &board_master(board)->rotations);
	log_has_followed(renewal->log_followed);
	if (access == NULL)
		return;
	access->rotations = &board_master(board)->rotations;
	access->followed = renewal->access_followed;
}

/* As it was before the exec. */
static void
reserve_descriptor(void)
{
	if (descriptor_move(open("/dev/null", O_RDWR), FD_LOADER) != 0)
		die("/dev/null:");
}

/* One that takes over is called a worker when its standby is made, and the
 * standby is never called one: who is killed for the name has another behind
 * it.
 */
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

int
resume(
    int argc, char **argv, const struct renewal *renewal, struct image *image)
{
	static struct worker_config w;
	static struct options o;
	static struct board board;

	options_parse(&o, image->argv);
	/* The exec has taken it back. */
	process_harden(o.traceable);
	find_log(&o, image);
	site_prepare(&w.service.site, &o, image);
	configure_worker(&w, &o, image);
	w.standby = w.renews = true;
	w.image = image;
	w.keep = configure_keep;
	w.reread = configure_reread;
	if (renewal->row == RENEWAL_TRIAL)
		return 0;
	find_board(&w, renewal, &board);
	reserve_descriptor();
	set_title(argc, argv, renewal);
	return worker_go_on(&w, renewal);
}
