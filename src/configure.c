#include "configure.h"

#include <stddef.h>
#include <string.h>

#include "base/log.h"
#include "os/poller.h"
#include "os/process.h"
#include "service/program.h"
#include "service/registry.h"
#include "site.h"

static struct root *
root_of(const struct options *o, const struct image *image)
{
	static struct root root;

	root.fd = FD_ROOT;
	root.path = image->root;
	root.only = image->only;
	root.seen = image->root_seen;
	root.links = (enum root_links)o->follow;
	return &root;
}

static struct append *
access_log(const struct options *o, const struct image *image)
{
	static struct append access = {.fd = FD_ACCESS};

	if (o->access_log == NULL)
		return NULL;
	access.path = image->access_log;
	append_begin(&access);
	return &access;
}

void
configure_master(struct master_config *config, const struct options *o)
{
	enum { BLAMES = 5 }; /* in a minute, unless told otherwise */

	config->model = &models[o->model];
	config->workers =
	    o->workers > 0 ? (int)o->workers : process_processors();
	config->grace = o->grace;
	config->drain_delay = o->drain_delay;
	config->blames = o->max_blames >= 0 ? (int)o->max_blames
			 : o->demo	    ? 0
					    : BLAMES;
}

void
configure_worker(
    struct worker_config *w, const struct options *o, const struct image *image)
{
	w->service.root = root_of(o, image);
	w->service.access = access_log(o, image);
	w->service.demo = o->demo;
	w->service.first = service_find(image->service);
	w->service.forwarders =
	    o->trust_forwarded.count > 0 ? &o->trust_forwarded : NULL;
	w->service.proxies =
	    o->proxy_protocol.count > 0 ? &o->proxy_protocol : NULL;
	w->service.idle_timeout = o->idle_timeout;
	w->service.header_timeout = o->header_timeout;
	w->service.keep_alive = o->keep_alive;
	w->service.access_format = (enum access_format)o->log_format;
	/* Both together fit into a buffer of the journal. */
	w->service.limits.line = (uint32_t)o->max_line;
	w->service.limits.head = (uint32_t)o->max_head;
	w->service.limits.fields = (uint32_t)o->max_fields;
	w->service.max_body = o->max_body;
	w->service.min_rate = o->min_rate;
	w->poller = poller_names[image->poller];
	w->listeners = (int)image->listeners;
	w->status = (unsigned)image->status;
	w->service.status = image->status != 0 ? &status_offered : NULL;
	w->service.model = models[o->model].name;
	w->descriptors = (int)image->descriptors;
	w->max_clients = (int)image->max_clients;
	w->per_address = (int)o->max_clients_per_address;
	w->timeout = o->timeout;
	w->log = image->log;
}

/* The text of the auth file is kept by auth, which may have read it again:
 * while the image is written, that takes the place of the image's own. */
static void
write_image(struct image *image, const struct auth *auth)
{
	struct contents *c = &image->contents;
	struct content was, *file = NULL;
	int i;

	for (i = 0; auth != NULL && i < c->count; i++)
		if (strcmp(c->file[i].name, auth_path(auth)) == 0)
			file = &c->file[i];
	if (file != NULL) {
		was = *file;
		file->text = auth_said(auth, &file->st);
		file->len = strlen(file->text);
	}
	if (image_write(image, FD_IMAGE) != 0)
		log_warn("files that were read again cannot be kept for the "
			 "next program:");
	if (file != NULL)
		*file = was;
}

void
configure_board(struct worker_config *w, struct board *board)
{
	const _Atomic int32_t *rotations = &board_master(board)->rotations;

	w->board = board;
	w->service.board = board;
	log_rotations(w->log, rotations);
	if (w->service.access != NULL)
		w->service.access->rotations = rotations;
}

void
configure_keep(const struct worker_config *w)
{
	write_image(w->image, w->service.site.auth);
}

void
configure_reread(const struct worker_config *w)
{
	int32_t rereads = board_get(board_master(w->board)->rereads);

	if (w->image->rereads == rereads)
		return;
	w->image->rereads = rereads;
	site_reread();
	if (w->keep != NULL)
		w->keep(w);
}
