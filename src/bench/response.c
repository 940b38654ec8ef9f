#include "bench/response.h"

#include "base/num.h"

#include <string.h>
#include <strings.h>

void
response_init(struct response *r)
{
	memset(r, 0, offsetof(struct response, line));
	r->state = RESPONSE_HEAD;
}

/* RFC 9112 section 4. Only HTTP/1.x has this shape. */
static int
read_status(struct response *r)
{
	char digits[4] = "";
	int64_t status;

	if (r->line_len < 12 || strncmp(r->line, "HTTP/1.", 7) != 0 ||
	    (r->line[7] != '0' && r->line[7] != '1') || r->line[8] != ' ' ||
	    (r->line[12] != ' ' && r->line[12] != '\0'))
		return -1;
	memcpy(digits, r->line + 9, 3);
	if (num_parse(digits, 100, 599, &status) != 0)
		return -1;
	r->status = (int)status;
	r->closes = r->line[7] == '0';
	return 0;
}

static int
read_length(struct response *r, const char *value)
{
	int64_t length;

	if (num_parse(value, 0, INT64_MAX, &length) != 0)
		return -1;
	/* Two that differ: RFC 9112 section 6.3, one of them is wrong. */
	if (r->sized && r->length != (uint64_t)length)
		return -1;
	r->sized = true;
	r->length = (uint64_t)length;
	return 0;
}

static int
read_field(struct response *r)
{
	char *colon = strchr(r->line, ':'), *value, *end;

	if (colon == NULL || colon == r->line)
		return -1;
	*colon = '\0';
	value = colon + 1 + strspn(colon + 1, " \t");
	for (end = value + strlen(value);
	     end > value && (end[-1] == ' ' || end[-1] == '\t'); end--)
		end[-1] = '\0';
	if (strcasecmp(r->line, "Content-Length") == 0)
		return read_length(r, value);
	if (strcasecmp(r->line, "Transfer-Encoding") == 0)
		return -1;
	if (strcasecmp(r->line, "Connection") == 0) {
		if (strcasecmp(value, "close") == 0)
			r->closes = true;
		else if (strcasecmp(value, "keep-alive") == 0)
			r->closes = false;
	}
	return 0;
}

/* The empty line: what is the body? RFC 9112 section 6.3. */
static enum response_state
end_head(struct response *r)
{
	if (r->status < 200) {
		/* An interim response; the real one follows. */
		response_init(r);
		return RESPONSE_HEAD;
	}
	if (r->status == 204 || r->status == 304) {
		r->sized = true;
		r->length = 0;
	}
	if (!r->sized)
		r->closes = true;
	r->left = r->length;
	return r->sized && r->left == 0 ? RESPONSE_DONE : RESPONSE_BODY;
}

static enum response_state
end_line(struct response *r)
{
	size_t len = r->line_len;

	r->line_len = 0;
	if (len >= RESPONSE_LINE_MAX) {
		/* No field we read is as long as that; the reason of a status
		 * line may be. */
		if (r->status != 0)
			return RESPONSE_HEAD;
		len = RESPONSE_LINE_MAX - 1;
	}
	if (len > 0 && r->line[len - 1] == '\r')
		len--;
	r->line[len] = '\0';
	if (r->status == 0) {
		r->line_len = len;
		if (read_status(r) != 0)
			return RESPONSE_BAD;
		r->line_len = 0;
		return RESPONSE_HEAD;
	}
	if (len == 0)
		return end_head(r);
	return read_field(r) == 0 ? RESPONSE_HEAD : RESPONSE_BAD;
}

size_t
response_head(struct response *r, const void *data, size_t len)
{
	const char *in = data;
	size_t i;

	for (i = 0; i < len && r->state == RESPONSE_HEAD; i++) {
		if (++r->head_len > RESPONSE_HEAD_MAX)
			r->state = RESPONSE_BAD;
		else if (in[i] == '\n')
			r->state = end_line(r);
		else {
			if (r->line_len < RESPONSE_LINE_MAX)
				r->line[r->line_len] = in[i];
			r->line_len++;
		}
	}
	return i;
}

size_t
response_body(struct response *r, size_t len)
{
	if (!r->sized)
		return len;
	if (len > r->left)
		len = (size_t)r->left;
	r->left -= len;
	if (r->left == 0)
		r->state = RESPONSE_DONE;
	return len;
}

bool
response_eof(struct response *r)
{
	if (r->state == RESPONSE_BODY && !r->sized)
		r->state = RESPONSE_DONE;
	return r->state == RESPONSE_DONE;
}
