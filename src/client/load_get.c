#include "run.h"

#include "base/clock.h"
#include "base/log.h"
#include "digest.h"
#include "bench/response.h"
#include "sha256.h"
#include "http/field.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One client's requests. Bodies are not kept, only summed up. */
struct fetch {
	struct response response;
	struct digest digest;
	struct sha256 sha256;
	unsigned outstanding; /* responses to come */
	size_t to_send;	      /* bytes of requests not yet sent */
};

struct get {
	char *requests; /* `pipeline` copies of the request */
	size_t request_len;
	struct fetch *fetches; /* as many as clients */

	int status;	/* that is due */
	bool by_sha256; /* compare with sum, else with the first whole body */
	unsigned char sum[SHA256_SIZE];
	bool known; /* first_* are set */
	uint64_t first_digest, first_length;
};

static struct fetch *
fetch_of(const struct run *run, const struct client *c)
{
	const struct get *get = run->workload_data;

	return &get->fetches[client_number(run, c)];
}

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

/* Who asks for a range wants that, and not the whole. */
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
	get->fetches = calloc((size_t)s->clients, sizeof(*get->fetches));
	if (get->fetches == NULL)
		return -1;
	get->status = due_status(s);
	get->by_sha256 = s->sha256 != NULL;
	if (get->by_sha256)
		sha256_parse(s->sha256, get->sum);
	return 0;
}

static void
expect_response(const struct get *get, struct fetch *f)
{
	response_init(&f->response);
	if (get->by_sha256)
		sha256_init(&f->sha256);
	else
		digest_init(&f->digest);
}

static void
get_opened(struct run *run, struct client *c)
{
	struct fetch *f = fetch_of(run, c);

	f->outstanding = 0;
	f->to_send = 0;
	expect_response(run->workload_data, f);
}

static void
get_writable(struct run *run, struct client *c)
{
	const struct get *get = run->workload_data;
	struct fetch *f = fetch_of(run, c);
	const char *end =
	    get->requests + get->request_len * (size_t)run->settings->pipeline;
	ssize_t n;

	/* All copies are alike, so what is left to send is always the end
	 * of the row of copies. */
	while (f->to_send > 0) {
		n = link_send(&c->link, end - f->to_send, f->to_send);
		if (n < 0)
			client_ended(run, c);
		else if (n == 0)
			client_want_write(run, c, true);
		if (n <= 0)
			return;
		f->to_send -= (size_t)n;
	}
	client_want_write(run, c, false);
}

static void
get_begin(struct run *run, struct client *c, int64_t started)
{
	const struct get *get = run->workload_data;
	struct fetch *f = fetch_of(run, c);
	int64_t now = clock_ns(), unused;

	c->started = started;
	/* The first is claimed; the others only as far as they are due. */
	f->outstanding = 1;
	while (f->outstanding < run->settings->pipeline &&
	       run_claim(run, c, now, &unused))
		f->outstanding++;
	f->to_send = f->outstanding * get->request_len;
	get_writable(run, c);
}

static bool
is_equal(struct get *get, struct fetch *f)
{
	unsigned char sum[SHA256_SIZE];

	if (get->by_sha256) {
		sha256_end(&f->sha256, sum);
		return memcmp(sum, get->sum, sizeof(sum)) == 0;
	}
	if (!get->known) {
		get->known = true;
		get->first_digest = digest_sum(&f->digest);
		get->first_length = f->digest.length;
	}
	return f->digest.length == get->first_length &&
	       digest_sum(&f->digest) == get->first_digest;
}

/* A response is complete. */
static void
judge(struct run *run, struct client *c, struct fetch *f, int64_t now)
{
	const struct get *get = run->workload_data;
	struct tally *t = &run->tally;

	if (f->response.status != get->status) {
		if (t->not_ok++ == 0)
			log_warn("client %d: status %d instead of %d",
			    client_number(run, c), f->response.status,
			    get->status);
	} else if (is_equal(run->workload_data, f)) {
		t->bodies_whole++;
	} else {
		t->bodies_wrong++;
		t->bytes_wrong += f->response.length;
	}
	run_answered(run, c, c->started, now);
	f->outstanding--;
	if (f->response.closes) {
		/* RFC 9112 section 9.6: what was asked for behind this one
		 * will not be answered, and may be asked for again. */
		run_unclaim(run, f->outstanding);
		f->outstanding = 0;
		c->again = true;
		client_await_end(run, c);
		return;
	}
	expect_response(run->workload_data, f);
}

/* Takes one piece of what came. Returns its length. */
static size_t
take_piece(struct run *run, struct client *c, struct fetch *f,
    const unsigned char *data, size_t len, int64_t now)
{
	const struct get *get = run->workload_data;
	size_t n;

	if (f->response.state == RESPONSE_HEAD) {
		n = response_head(&f->response, data, len);
	} else {
		n = response_body(&f->response, len);
		if (get->by_sha256)
			sha256_add(&f->sha256, data, n);
		else
			digest_add(&f->digest, data, n);
		run->tally.bytes += n;
		c->bytes += n;
	}
	if (f->response.state == RESPONSE_DONE)
		judge(run, c, f, now);
	return n;
}

static void
get_readable(struct run *run, struct client *c)
{
	struct fetch *f = fetch_of(run, c);
	ssize_t n = link_receive(&c->link, run->in, RUN_BUFFER);
	const unsigned char *at = run->in, *end;
	int64_t now;

	if (n < 0)
		client_ended(run, c);
	if (n <= 0)
		return;
	now = clock_ns();
	run_heard(run, c, now);
	for (end = at + n; at < end && f->outstanding > 0;) {
		at += take_piece(run, c, f, at, (size_t)(end - at), now);
		if (f->response.state == RESPONSE_BAD) {
			client_lose(run, c, LOSS_GARBLED, now);
			return;
		}
	}
	if (at < end) {
		run->tally.bytes_wrong += (uint64_t)(end - at);
		client_lose(run, c, LOSS_EXTRA, now);
	} else if (f->outstanding == 0 && c->state == CLIENT_BUSY) {
		run_next(run, c, now);
	}
}

static bool
get_whole(struct run *run, struct client *c, int64_t now)
{
	struct fetch *f = fetch_of(run, c);

	if (f->outstanding > 0 && response_eof(&f->response))
		judge(run, c, f, now);
	return f->outstanding == 0;
}

const struct workload load_get = {
    .init = get_init,
    .opened = get_opened,
    .begin = get_begin,
    .readable = get_readable,
    .writable = get_writable,
    .whole = get_whole,
};
