#include "answer.h"

#include <string.h>
#include <strings.h>

#include "base/num.h"
#include "http/request.h"

/* The value of a line of the head, if that is its field; NULL: it is not. */
static const char *
value_of(const char *line, const char *name)
{
	const size_t len = strlen(name);

	if (strncasecmp(line, name, len) != 0 || line[len] != ':')
		return NULL;
	return line + len + 1 + strspn(line + len + 1, " \t");
}

/* A length that is no number is none: it lasts until the end. */
static void
take_field(struct request *says, const char *line)
{
	const char *coding = value_of(line, "Transfer-Encoding");
	const char *length = value_of(line, "Content-Length");
	char digits[24] = "";
	size_t n;

	if (coding != NULL)
		says->chunked = strncasecmp(coding, "chunked", 7) == 0;
	if (length == NULL)
		return;
	n = strspn(length, "0123456789");
	if (n < sizeof(digits))
		memcpy(digits, length, n);
	if (num_parse(digits, 0, INT64_MAX, &says->content_length) != 0)
		says->content_length = -1;
}

/* Is all of the body there? */
static bool
is_whole(struct body b, const char *bytes, size_t len)
{
	size_t taken;

	return body_feed(&b, bytes, len, &taken) == 0 && b.state == BODY_DONE;
}

static void
move_together(struct body b, char *content, size_t len)
{
	size_t at = 0, to = 0, taken, n;

	while (b.state != BODY_DONE &&
	       body_piece(&b, content + at, len - at, &taken, &n) == 0) {
		at += taken;
		memmove(content + to, content + at - n, n);
		to += n;
	}
	content[to] = '\0';
}

char *
answer_content(char *text, size_t len, bool ended)
{
	struct request says = {.content_length = -1};
	char *content = strstr(text, "\r\n\r\n"), *line;
	struct body b;

	if (content == NULL)
		return NULL;
	for (line = text; line != content + 2; line = strstr(line, "\r\n") + 2)
		take_field(&says, line);
	content += 4;
	len -= (size_t)(content - text);
	if (!says.chunked && says.content_length < 0)
		return ended ? content : NULL;
	body_init(&b, &says);
	if (!is_whole(b, content, len))
		return NULL;
	move_together(b, content, len);
	return content;
}
