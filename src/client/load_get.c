#include "run.h"

#include "base/log.h"
#include "digest.h"
#include "sha256.h"
#include "http/field.h"

#include <stdlib.h>
#include <string.h>

/* What a body comes to: one of them, as --sha256 was given or not. */
union sum {
	struct digest digest;
	struct sha256 sha256;
};

struct get {
	char *requests; /* `pipeline` copies of the request */
	size_t request_len;
	union sum *sums; /* of the bodies under way; as many as clients */

	int status;	/* that is due */
	bool by_sha256; /* compare with sum, else with the first whole body */
	unsigned char sum[SHA256_SIZE];
	bool known; /* first_* are set */
	uint64_t first_digest, first_length;
};

/* Appends a text to the request, of which `get` says how long it is; or only
 * says so, before there is room for it. */
static void
write_text(struct get *get, const char *text)
{
	size_t len = strlen(text);

	if (get->requests != NULL)
		memcpy(get->requests + get->request_len, text, len);
	get->request_len += len;
}

/* RFC 9112 section 3; an IPv6 address needs its brackets. */
static void
write_request(struct get *get, const struct settings *s)
{
	bool v6 = strchr(s->host, ':') != NULL;
	const char *const words[] = {"GET ", s->get,
	    " HTTP/1.1\r\nHost: ", v6 ? "[" : "", s->host, v6 ? "]:" : ":",
	    s->port, "\r\n", s->churn ? "Connection: close\r\n" : ""};
	size_t n;
	int i;

	get->request_len = 0;
	for (n = 0; n < sizeof(words) / sizeof(words[0]); n++)
		write_text(get, words[n]);
	for (i = 0; i < s->header.count; i++) {
		write_text(get, s->header.value[i]);
		write_text(get, "\r\n");
	}
	write_text(get, "\r\n");
}

static int
write_requests(struct get *get, const struct settings *s)
{
	int64_t i;

	write_request(get, s);
	get->requests = malloc(get->request_len * (size_t)s->pipeline);
	if (get->requests == NULL)
		return -1;
	write_request(get, s);
	for (i = 1; i < s->pipeline; i++)
		memcpy(get->requests + get->request_len * (size_t)i,
		    get->requests, get->request_len);
	return 0;
}

/* To a request for a range that is the answer, and not the whole. */
static int
due_status(const struct settings *s)
{
	struct field_line f;
	int i;

	for (i = 0; i < s->header.count; i++)
		if (field_line_parse(&f, s->header.value[i]) &&
		    field_line_is(&f, "range"))
			return 206;
	return 200;
}

static int
get_init(struct run *run)
{
	const struct settings *s = run->settings;
	struct get *get = calloc(1, sizeof(*get));

	if (get == NULL)
		return -1;
	run->workload_data = get;
	if (write_requests(get, s) != 0)
		return -1;
	get->sums = calloc((size_t)s->clients, sizeof(*get->sums));
	if (get->sums == NULL)
		return -1;
	get->status = due_status(s);
	get->by_sha256 = s->sha256 != NULL;
	if (get->by_sha256)
		sha256_parse(s->sha256, get->sum);
	run->all.requests = get->requests;
	run->all.request_len = get->request_len;
	run->all.requests_len = get->request_len * (size_t)s->pipeline;
	return 0;
}

static void
expect_body(const struct get *get, union sum *sum)
{
	if (get->by_sha256)
		sha256_init(&sum->sha256);
	else
		digest_init(&sum->digest);
}

static void
get_prepare(struct run *run, struct load_client *l)
{
	const struct get *get = run->workload_data;

	l->client.fetches = true;
	expect_body(get, &get->sums[client_number(&run->all, &l->client)]);
}

static void
get_begin(struct run *run, struct load_client *l, int64_t now)
{
	unsigned requests = 1;
	int64_t unused;

	/* The first is claimed; the others only as far as they are due. */
	while (requests < run->settings->pipeline &&
	       run_claim(run, l, now, &unused))
		requests++;
	client_fetch(&run->all, &l->client, requests, now);
}

static size_t
get_body(struct clients *all, struct client *c, const unsigned char *data,
    size_t len)
{
	const struct get *get = run_of(all)->workload_data;
	union sum *sum = &get->sums[client_number(all, c)];

	if (get->by_sha256)
		sha256_add(&sum->sha256, data, len);
	else
		digest_add(&sum->digest, data, len);
	return 0;
}

static bool
is_equal(struct get *get, union sum *body)
{
	unsigned char sum[SHA256_SIZE];

	if (get->by_sha256) {
		sha256_end(&body->sha256, sum);
		return memcmp(sum, get->sum, sizeof(sum)) == 0;
	}
	if (!get->known) {
		get->known = true;
		get->first_digest = digest_sum(&body->digest);
		get->first_length = body->digest.length;
	}
	return body->digest.length == get->first_length &&
	       digest_sum(&body->digest) == get->first_digest;
}

static void
get_fetched(struct clients *all, struct client *c, int64_t now)
{
	struct run *run = run_of(all);
	struct get *get = run->workload_data;
	union sum *sum = &get->sums[client_number(all, c)];
	struct tally *t = &run->tally;

	if (c->response.status != get->status) {
		if (t->not_ok++ == 0)
			log_warn("client %d: status %d instead of %d",
			    client_number(all, c), c->response.status,
			    get->status);
	} else if (is_equal(get, sum)) {
		t->bodies_whole++;
	} else {
		t->bodies_wrong++;
		all->count.bytes_wrong += c->response.length;
	}
	run_answered(run, load_client_of(c), now);
	expect_body(get, sum);
	if (!c->response.closes)
		return;
	/* RFC 9112 section 9.6: what was asked for behind this one will not be
	 * answered, and may be asked for again. */
	run_unclaim(run, c->due);
	c->due = 0;
	load_client_of(c)->again = true;
	client_await_end(all, c, now);
}

static void
get_answered(struct clients *all, struct client *c, int64_t now)
{
	run_next(run_of(all), load_client_of(c), now);
}

const struct workload load_get = {
    .init = get_init,
    .prepare = get_prepare,
    .begin = get_begin,
    .owner = {.opened = run_opened,
	.failed = run_failed,
	.heard = run_heard,
	.answered = get_answered,
	.ended = run_ended,
	.lost = run_lost,
	.body = get_body,
	.fetched = get_fetched},
};
