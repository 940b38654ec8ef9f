#include <stddef.h>

#include "master/master.h"

const struct model models[] = {
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

const char *const model_names[] = {
    "prefork", "prethread", "fork", "thread", NULL};
