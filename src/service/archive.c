#include "archive.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hook.h"
#include "http/tar.h"
#include "os/root.h"
#include "http_record.h"
#include "stream/output.h"

struct item {
	int64_t size;
	int64_t mtime;
	uint32_t len;  /* of the path, which follows */
	uint32_t skip; /* bytes of it */
};

/* One that was read. */
struct planned {
	struct item item;
	char path[PATH_BYTES + 2];
};

static const int64_t longest = INT64_MAX / 4;

static void
describe(struct tar_entry *e, const struct item *item, const char *path)
{
	e->path = path + item->skip;
	e->size = item->size;
	e->mtime = item->mtime;
}

int
archive_plan(struct out *o, const char *path, size_t skip, int64_t size,
    int64_t mtime, int64_t *length)
{
	struct item item = {
	    size, mtime, (uint32_t)strlen(path), (uint32_t)skip};
	char head[TAR_HEAD_BYTES];
	struct tar_entry e;
	struct out h;

	out_bytes(o, &item, sizeof(item));
	out_bytes(o, path, item.len);
	out_init(&h, head, sizeof(head));
	describe(&e, &item, path);
	tar_head(&h, &e);
	if (o->full || h.full || size < 0 || size > longest - *length) {
		errno = EOVERFLOW;
		return -1;
	}
	*length += (int64_t)h.len + size + tar_padding(size);
	return 0;
}

void
archive_plan_end(struct out *o, int64_t length)
{
	length += TAR_END_BYTES;
	out_bytes(o, &length, sizeof(length));
}

/* Reads the item at an offset of a plan whose items end at `end`. Returns the
 * offset behind it, or -1. */
static int64_t
read_item(int plan, int64_t at, int64_t end, struct planned *p)
{
	struct item *item = &p->item;

	if (at < 0 || end - at < (int64_t)sizeof(*item) ||
	    pread(plan, item, sizeof(*item), (off_t)at) !=
		(ssize_t)sizeof(*item))
		return -1;
	at += (int64_t)sizeof(*item);
	if (item->len >= sizeof(p->path) || item->skip >= item->len ||
	    item->size < 0 || end - at < (int64_t)item->len ||
	    pread(plan, p->path, item->len, (off_t)at) != (ssize_t)item->len)
		return -1;
	p->path[item->len] = '\0';
	return strlen(p->path) == item->len ? at + (int64_t)item->len : -1;
}

/* Where the items of a plan end; -1 if it is none. */
static int64_t
end_of(int plan)
{
	struct stat st;

	if (fstat(plan, &st) != 0)
		return -1;
	return (int64_t)st.st_size - (int64_t)sizeof(int64_t);
}

int
archive_reply(struct reply *p, int64_t length)
{
	const int64_t end = length - (int64_t)sizeof(int64_t);
	struct planned first;

	if (pread(p->file, &p->length, sizeof(p->length), (off_t)end) !=
	    (ssize_t)sizeof(p->length))
		return -1;
	p->status = 200;
	p->type = "application/x-tar";
	p->archive = "archive";
	/* The first item is the directory itself, unless that is the root. */
	if (read_item(p->file, 0, end, &first) > 0 &&
	    first.item.skip + 1 < first.item.len &&
	    strchr(first.path + first.item.skip, '/') ==
		first.path + first.item.len - 1 &&
	    first.item.len - first.item.skip < sizeof(p->page)) {
		first.path[first.item.len - 1] = '\0';
		memcpy(p->page, first.path + first.item.skip,
		    first.item.len - first.item.skip);
		p->archive = p->page;
	}
	return 0;
}

/* Opens a file that is as it was planned. */
static int
open_planned(
    const struct serving *s, const struct planned *p, struct validator *id)
{
	struct stat st;
	int fd = root_open_beneath(s->config->root, p->path);

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    (int64_t)st.st_size == p->item.size &&
	    (int64_t)st.st_mtime == p->item.mtime) {
		journal_identify(id, &st);
		return fd;
	}
	(void)close(fd);
	return -1;
}

/* Renders the file: into o, or, if it has no room there, as `from` of next's
 * file. */
static int
put_file(struct out *o, const struct serving *s, const struct planned *p,
    struct answer *next, struct range *from)
{
	int padding = tar_padding(p->item.size), failed;
	int fd = open_planned(s, p, &next->id);

	if (fd < 0)
		return -1;
	if ((int64_t)(PARTS_BYTES - o->len) < p->item.size + padding) {
		next->file_fd = fd;
		http_of(next)->padding = (uint16_t)padding;
		from->len = p->item.size;
		return 0;
	}
	failed = parts_read(o, fd, 0, p->item.size);
	tar_zeros(o, padding);
	(void)close(fd);
	return failed;
}

/* Renders what comes next of the plan: as much as goes through memory, and
 * then `from` of a file. */
static int
put_items(struct out *o, const struct serving *s, struct answer *next,
    struct range *from)
{
	int64_t end = end_of(next->own_fd), behind;
	struct planned planned;
	struct tar_entry e;

	from->first = from->len = 0;
	tar_zeros(o, http_of(next)->padding);
	http_of(next)->padding = 0;
	while (http_of(next)->plan_at < end && from->len == 0 &&
	       o->len + TAR_HEAD_BYTES <= PARTS_BYTES) {
		behind = read_item(
		    next->own_fd, http_of(next)->plan_at, end, &planned);
		if (behind < 0)
			return -1;
		describe(&e, &planned.item, planned.path);
		tar_head(o, &e);
		if (planned.item.size > 0 &&
		    put_file(o, s, &planned, next, from) != 0)
			return -1;
		http_of(next)->plan_at = behind;
	}
	if (http_of(next)->plan_at == end && from->len == 0 &&
	    o->len + TAR_END_BYTES <= PARTS_BYTES) {
		tar_end(o);
		next->own_fd = -1;
	}
	return o->full || end < 0 ? -1 : 0;
}

int
archive_more(struct conn *c, struct serving *s)
{
	const struct answer *now = answer_now(c->r);
	int plan = now->own_fd, failed;
	struct answer *next;
	struct range from;
	struct out o;

	if (now->file_fd >= 0 && !journal_is_file(now->file_fd, &now->id))
		return -1;
	output_settle(s->journal, c->r, false);
	HOOK("piece");
	if (output_open(s->journal, c->r, &o) != 0)
		return -1;
	next = answer_begin(c->r);
	failed = put_items(&o, s, next, &from);
	if (failed) {
		if (next->file_fd >= 0)
			(void)close(next->file_fd);
		return -1;
	}
	if (next->file_fd >= 0)
		journal_cover(s->journal, next->file_fd);
	output_owe(next, o.len, next->file_fd, 0, from.len);
	answer_commit(c->r);
	HOOK("continued");
	if (next->own_fd < 0)
		(void)close(plan);
	return 0;
}
