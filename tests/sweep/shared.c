#define _GNU_SOURCE
#include "shared.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

enum { PAGE = 4096, PAGES_AT_ONCE = 4096, DESCRIPTORS = 128 };

/* The page is in memory: this process has touched it, or one beside it. */
static const uint64_t PRESENT = UINT64_C(1) << 63;

/* What /proc/PID/maps says of a range. */
struct line {
	uintptr_t begin, end;
	unsigned long long offset, inode;
};

static size_t
pages(const struct shared_range *r)
{
	return (r->end - r->begin) / PAGE;
}

static void
forget(struct shared_range *r)
{
	if (r->now != NULL)
		(void)munmap(r->now, r->end - r->begin);
	free(r->seen);
	free(r->known);
	memset(r, 0, sizeof(*r));
}

/* A file without a name is known by the descriptor of it that is open. */
static int
open_file(pid_t pid, unsigned long long inode)
{
	char path[48];
	struct stat is;
	int fd;

	for (fd = 0; fd < DESCRIPTORS; fd++) {
		(void)snprintf(
		    path, sizeof(path), "/proc/%ld/fd/%d", (long)pid, fd);
		if (stat(path, &is) == 0 && S_ISREG(is.st_mode) &&
		    is.st_ino == inode)
			return open(path, O_RDONLY | O_CLOEXEC);
	}
	return -1;
}

static void
begin(struct shared_range *r, const struct line *line, pid_t pid)
{
	const int fd = open_file(pid, line->inode);

	r->begin = line->begin;
	r->end = line->end;
	r->seen = calloc(pages(r), PAGE);
	r->known = calloc(pages(r), sizeof(*r->known));
	if (r->seen == NULL || r->known == NULL)
		die("no memory for what is shared");
	r->now = mmap(NULL, r->end - r->begin, PROT_READ, MAP_SHARED, fd,
	    (off_t)line->offset);
	if (r->now == MAP_FAILED)
		die("what it shares cannot be read:");
	(void)close(fd);
}

/* Takes over the range of the old ones that is the same, or begins one. */
static void
find(struct shared *s, struct shared *old, const struct line *line, pid_t pid)
{
	struct shared_range *r;
	int i;

	if (s->ranges == SHARED_RANGES)
		die("it shares too much");
	r = &s->range[s->ranges++];
	for (i = 0; i < old->ranges; i++)
		if (old->range[i].begin == line->begin &&
		    old->range[i].end == line->end) {
			*r = old->range[i];
			memset(&old->range[i], 0, sizeof(old->range[i]));
			return;
		}
	memset(r, 0, sizeof(*r));
	begin(r, line, pid);
}

void
shared_find(struct shared *s, pid_t pid)
{
	struct shared old = *s;
	char text[512], mode[8];
	struct line line;
	FILE *maps;

	(void)snprintf(text, sizeof(text), "/proc/%ld/maps", (long)pid);
	maps = fopen(text, "re");
	if (maps == NULL)
		die("%s:", text);
	s->ranges = 0;
	while (fgets(text, sizeof(text), maps) != NULL) {
		if (sscanf(text, "%" SCNxPTR "-%" SCNxPTR " %7s %llx %*s %llu",
			&line.begin, &line.end, mode, &line.offset,
			&line.inode) != 5)
			continue;
		if (mode[1] == 'w' && mode[3] == 's')
			find(s, &old, &line, pid);
		if (strstr(text, "[vdso]") != NULL) {
			s->vdso = line.begin;
			s->vdso_end = line.end;
		}
	}
	(void)fclose(maps);
	shared_release(&old);
}

static bool
page_changed(struct shared_range *r, size_t page)
{
	const unsigned char *now = r->now + page * PAGE;
	unsigned char *seen = r->seen + page * PAGE;

	if (r->known[page] && memcmp(seen, now, PAGE) == 0)
		return false;
	memcpy(seen, now, PAGE);
	r->known[page] = true;
	return true;
}

static bool
range_changed(struct shared_range *r, int pagemap)
{
	static uint64_t entry[PAGES_AT_ONCE];
	size_t first, count, i;
	bool changed = false;

	for (first = 0; first < pages(r); first += count) {
		count = pages(r) - first;
		if (count > PAGES_AT_ONCE)
			count = PAGES_AT_ONCE;
		if (pread(pagemap, entry, count * sizeof(entry[0]),
			(off_t)((r->begin / PAGE + first) *
				sizeof(entry[0]))) !=
		    (ssize_t)(count * sizeof(entry[0])))
			die("what it touched cannot be read:");
		for (i = 0; i < count; i++)
			if ((entry[i] & PRESENT) != 0 &&
			    page_changed(r, first + i))
				changed = true;
	}
	return changed;
}

bool
shared_changed(struct shared *s, pid_t pid, uintptr_t next)
{
	bool changed = false;
	char path[48];
	int i, pagemap;

	if (next >= s->vdso && next < s->vdso_end)
		return false;
	(void)snprintf(path, sizeof(path), "/proc/%ld/pagemap", (long)pid);
	pagemap = open(path, O_RDONLY | O_CLOEXEC);
	if (pagemap < 0)
		die("%s:", path);
	for (i = 0; i < s->ranges; i++)
		if (range_changed(&s->range[i], pagemap))
			changed = true;
	(void)close(pagemap);
	return changed;
}

void
shared_release(struct shared *s)
{
	int i;

	for (i = 0; i < s->ranges; i++)
		forget(&s->range[i]);
	s->ranges = 0;
}
