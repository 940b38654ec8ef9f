#include <stddef.h>
#include <string.h>

#include "master/master.h"

static const struct model models[] = {
    {
	.name = "prefork",
	.child = "worker",
	.body = worker_main,
	.children = 0,
	.clients = 16384,
    },
    {
	.name = "prethread",
	.child = "thread pool",
	.body = worker_threads,
	.children = 1,
	.clients = 16384,
    },
    {
	.name = "fork",
	.child = "process host",
	.body = worker_fork_per_client,
	.children = 1,
	.clients = 4096,
    },
    {
	.name = "thread",
	.child = "thread host",
	.body = worker_thread_per_client,
	.children = 1,
	.clients = 4096,
    },
};

enum { MODELS = sizeof(models) / sizeof(models[0]) };

const struct model *
model_at(int i)
{
	return i >= 0 && i < MODELS ? &models[i] : NULL;
}

const struct model *
model_named(const char *name)
{
	int i;

	for (i = 0; i < MODELS; i++)
		if (strcmp(models[i].name, name) == 0)
			return &models[i];
	return NULL;
}
