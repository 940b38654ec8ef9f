#include "family.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "bench/proc.h"

static void
enlist(struct family *f, const struct proc *p)
{
	if (strcmp(p->name, "prefork-worker") == 0) {
		f->workers++;
		f->worker = p->pid;
	} else if (strcmp(p->name, "prefork-master") == 0) {
		f->masters++;
		f->master = p->pid;
	} else if (strcmp(p->name, "prefork-standby") == 0) {
		f->standbys++;
	} else if (strcmp(p->name, "prefork") == 0) {
		f->keepers++;
	} else {
		f->others++;
	}
}

void
family_look(struct family *f, pid_t group)
{
	DIR *walk = opendir("/proc");
	struct proc p;

	memset(f, 0, sizeof(*f));
	while (proc_next(&p, walk))
		if (p.group == group && p.parent > 1)
			enlist(f, &p);
		else if (p.group == group && !proc_dead(&p))
			enlist(f, &p);
	if (walk != NULL)
		(void)closedir(walk);
}

const char *
family_describe(const char *when, const struct family *f)
{
	static char text[96];

	(void)snprintf(text, sizeof(text),
	    "%s: %d keepers, %d masters, %d workers, %d standbys, %d others",
	    when, f->keepers, f->masters, f->workers, f->standbys, f->others);
	return text;
}
