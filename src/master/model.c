/* The four models. */
#include "master/config.h"

#include <stddef.h>

const struct model models[] = {
    {
	.name = "prefork",
	.child = "worker",
	.title = "prefork-worker",
	.body = worker_main,
	.children = 0,
	.pools = true,
	.standby = true,
	.clients = 16384,
    },
    {
	.name = "prethread",
	.child = "thread pool",
	.title = "prefork-host",
	.body = worker_threads,
	.children = 1,
	.pools = true,
	.threads = true,
	.clients = 16384,
    },
    {
	.name = "fork",
	.child = "process host",
	.title = "prefork-host",
	.body = worker_fork_per_client,
	.children = 1,
	.clients = 4096,
    },
    {
	.name = "thread",
	.child = "thread host",
	.title = "prefork-host",
	.body = worker_thread_per_client,
	.children = 1,
	.threads = true,
	.clients = 4096,
    },
};

const char *const model_names[] = {
    "prefork", "prethread", "fork", "thread", NULL};
