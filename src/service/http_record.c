/*
 * What http says of a record, or of first bytes, to those that do not speak it
 * (stream/service.h): it follows from these alone.
 */
#include "http_record.h"

#include "http/forwarded.h"
#include "http/range.h"
#include "http/request.h"
#include "http/tar.h"
#include "service/config.h"
#include "service/registry.h"
#include "stream/journal.h"

int64_t
http_patience(const struct record *r, const struct service_config *config)
{
	return http_now(r)->body.state == BODY_DONE ? config->keep_alive
						    : config->idle_timeout;
}

int64_t
http_owed(const struct record *r, int64_t consumed)
{
	const struct answer *a = answer_now(r);

	if (http_has_more(r) || (consumed > a->parsed && !a->last) ||
	    (http_now(r)->taking && http_now(r)->body.state == BODY_DONE))
		return INT64_MAX;
	return a->file_end;
}

bool
http_busy(const struct record *r)
{
	return r->out < answer_now(r)->file_end || http_now(r)->taking ||
	       http_now(r)->body.state != BODY_DONE;
}

/* What is to be sent when the file is: more parts, or more of an archive. */
static bool
has_pieces(const struct record *r)
{
	const struct http_answer *h = http_now(r);
	const struct answer *a = answer_now(r);

	if (h->padding >= TAR_BLOCK || h->plan_at < 0)
		return false;
	if (h->part == 0)
		return true;
	return h->part <= RANGES_MAX + 1 && a->file_fd >= 0 && a->own_fd >= 0 &&
	       r->in_buf >= 0 && a->parsed != r->in;
}

/* What is being taken has a file, and no answer beside it. */
static bool
has_request(const struct record *r)
{
	const struct http_answer *h = http_now(r);
	const struct answer *a = answer_now(r);

	if (!h->taking)
		return h->head_len == 0;
	return h->taking == 1 && a->own_fd >= 0 && a->file_fd < 0 &&
	       h->part == 0 && h->padding == 0 && h->head_len > 0 &&
	       h->head_len <= BUFFER_BYTES;
}

bool
http_plausible(const struct record *r)
{
	const struct http_answer *h = http_now(r);

	return has_pieces(r) && has_request(r) && h->begun <= 1 &&
	       h->made <= 1 && h->streams <= service_of(r)->apart &&
	       body_is_plausible(&h->body);
}

bool
http_asks(const char *data, size_t len)
{
	size_t i;

	for (i = 1; i < len; i++)
		if (data[i] == '\n' &&
		    (data[i - 1] == '\n' ||
			(i > 1 && data[i - 1] == '\r' && data[i - 2] == '\n')))
			return true;
	return false;
}

/* The length of the head that the text begins with; 0: it is not whole. What
 * follows it must not be looked at: the client may have put the fields of a
 * proxy there. */
static size_t
whole_head(const char *text, size_t len, const struct request_limits *limits)
{
	struct request request;

	request_init(&request);
	return request_parse(&request, text, len, limits) == 200
		   ? request.head_len
		   : 0;
}

bool
http_blames(struct peer *client, const struct record *r, const char *text,
    size_t len, const struct service_config *config)
{
	const struct networks *trusted = config->forwarders;

	*client = r->peer;
	if (trusted == NULL || !networks_have(trusted, &r->peer))
		return true;
	return forwarded_by(client, &r->peer, text,
		   whole_head(text, len, &config->limits), trusted) &&
	       !networks_have(trusted, client) &&
	       peer_network(client) != peer_network(&r->peer);
}
