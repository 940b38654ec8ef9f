#include "poller_ops.h"

#include <errno.h>
#include <string.h>

static const struct poller_ops *
find(const char *name)
{
	int i;

	for (i = 0; poller_all[i] != NULL; i++)
		if (name == NULL || strcmp(name, poller_all[i]->name) == 0)
			return poller_all[i];
	errno = EINVAL;
	return NULL;
}

struct poller *
poller_new(const char *name, int capacity)
{
	const struct poller_ops *ops = find(name);

	return ops != NULL ? ops->make(capacity) : NULL;
}

struct poller *
poller_inherit(const char *name, int fd)
{
	const struct poller_ops *ops = find(name);

	if (ops != NULL && ops->inherit != NULL)
		return ops->inherit(fd);
	errno = ENOTSUP;
	return NULL;
}

void
poller_free(struct poller *p)
{
	if (p != NULL)
		p->ops->release(p);
}

int
poller_add(struct poller *p, int fd, short events, uint64_t tag)
{
	return p->ops->add(p, fd, events, tag, 0);
}

int
poller_add_shared(struct poller *p, int fd, short events, uint64_t tag)
{
	return p->ops->add(p, fd, events, tag, 1);
}

int
poller_mod(struct poller *p, int fd, short events, uint64_t tag)
{
	return p->ops->mod(p, fd, events, tag);
}

int
poller_del(struct poller *p, int fd)
{
	return p->ops->del(p, fd);
}

void
poller_forget(struct poller *p, int fd)
{
	p->ops->forget(p, fd);
}

int
poller_wait(struct poller *p, struct poller_event *events, int max, int timeout)
{
	return p->ops->wait(p, events, max, timeout);
}

int
poller_fd(const struct poller *p)
{
	return p->ops->fd(p);
}

void
poller_move_fd(struct poller *p, int fd)
{
	p->ops->move(p, fd);
}
