libprefork_a_SOURCES += \
	src/worker/client.h src/worker/client.c \
	src/worker/pool_state.h src/worker/pool.h src/worker/pool.c \
	src/worker/accept.h src/worker/accept.c \
	src/worker/balance.h src/worker/balance.c \
	src/worker/followers.h src/worker/followers.c \
	src/worker/evict.h src/worker/evict.c \
	src/worker/place.h src/worker/place.c \
	src/worker/polling.h src/worker/polling.c \
	include/worker/config.h \
	include/worker/worker.h src/worker/worker.c \
	src/worker/admission.h src/worker/admission.c \
	src/worker/address.h src/worker/address.c \
	src/worker/child.h src/worker/child.c \
	src/worker/fork_per_client.c \
	src/worker/host.h src/worker/host.c \
	include/worker/renew.h src/worker/renew.c \
	src/worker/queue.h src/worker/queue.c \
	include/worker/dry_run.h src/worker/dry_run.c \
	src/worker/takeover.h src/worker/takeover.c \
	src/worker/takeover_records.c src/worker/takeover_table.c \
	src/worker/thread_per_client.c \
	src/worker/threads.c
