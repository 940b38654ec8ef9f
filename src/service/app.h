/*
 * app.h - a service of a program's own behind http: prefork/service.h, seen
 * from within. For src/service alone.
 *
 * A request that a route takes is not answered before it is whole. One that has
 * a body is taken into a file without a name, which is the answer's own_fd: its
 * head as it came and then the content, without its framing, each byte at its
 * offset. What is not sure to have been written is written again. When all is
 * there the handler runs, its answer is rendered and becomes owed, and the
 * file goes.
 *
 * Before a handler is called the record says so (`begun`), and the store that
 * commits its answer takes that back. So if a record says so after a takeover,
 * it is not known how far its handler came.
 */
#ifndef SERVICE_APP_H
#define SERVICE_APP_H

#include <stdbool.h>
#include <stdint.h>

#include "app_reply.h"
#include "prefork/service.h"
#include "reply.h"

enum {
	APP_PARAMS = 16,
	/* Of all bodies that an executor is taking; one alone may be more. */
	APP_BODIES = 64 << 20
};

/* What an executor has of a program's service. */
struct app {
	void *state;	  /* the service's own, from its `open` */
	int32_t opener;	  /* the process that opened state; 0: none did */
	uint64_t next[2]; /* for what pf_id() says: another for each connection
			   */
	struct pf_reply reply;
};

/* app_route.c. The service that this client is offered; NULL: none. */
const struct pf_service *
app_offered(const struct conn *c, const struct serving *s);

/* The service that the program has given to program_offer(); NULL: none. */
const struct pf_service *app_own(void);

/* Does a route take the request? Then p->route is it, or p is an answer
 * that says why it does not. */
bool app_claims(struct reply *p, const struct asked *q);

/* Stores the path that was asked for, as a route has it, with a NUL. */
enum { APP_PATH = PATH_BYTES + 2 };
void app_path(char text[APP_PATH], const struct path *path);

/* A request with what belongs to it. */
struct call {
	const struct pf_route *route;
	const struct path *path;
	const char *head;
	char *body; /* len bytes and a NUL, which may be written to */
	size_t len;
	int64_t end; /* of it in the request stream */
	void *state;
};

/* app.c. What the executor has, made when it is first asked for; NULL: no
 * memory. */
struct app *app_of(const struct serving *s);

/* Runs the handler, and makes p what it answers. */
void app_run(struct conn *c, struct serving *s, struct reply *p,
    const struct call *call);

/* Gives back what an executor has; app may be NULL. */
void app_shut(struct app *app);

/* app_take.c. Answers the request that p->route takes, or begins to take it.
 * head: as it came. */
enum result app_answer(
    struct conn *c, struct serving *s, struct reply *p, const char *head);

/* Goes on taking a request's body, and answers when it is whole. overdue:
 * nothing more will come, answer with this status; 0: more may come. */
enum result app_take(struct conn *c, struct serving *s, int overdue);

/* Copies the head of the request that is being taken: service.kept. */
size_t app_kept(const struct record *r, char *to, size_t size);

/* From now on so many bytes of http.bodies are this client's. */
void app_hold(const struct conn *c, const struct serving *s, int64_t bytes);

/* The same for one that was being taken before a takeover: of what has come,
 * and what is announced. */
void app_hold_again(const struct conn *c, const struct serving *s);

/* app_request.c. The request as a handler sees it, NULL with errno: EINVAL if
 * it cannot be read. To be given back by free(3). */
struct pf_request *app_request(const struct conn *c, const struct call *call,
    bool again, const struct networks *trusted);

#endif
