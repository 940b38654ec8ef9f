/*
 * fuzz_greeting - once it is known what a connection is, more bytes change
 * nothing; what may be a line of any form is no method any more; and what the
 * request parser takes is no echo.
 */
#include "http/greeting.h"
#include "http/request.h"

#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const struct request_limits limits = {8192, 8192, 100};
	enum greeting is = GREETING_OPEN, now;
	struct request r;
	size_t i, most = len < 64 ? len : 64;
	char *text;

	for (i = 0; i <= len; i = i < most || i == len ? i + 1 : len) {
		text = copy_of(data, i);
		now = greeting_look(text, i);
		free(text);
		must(is < GREETING_HTTP ? now >= is : now == is);
		must(i <= GREETING_METHOD || now != GREETING_OPEN);
		must(i < GREETING_BYTES || now >= GREETING_HTTP);
		is = now;
	}
	request_init(&r);
	if (request_parse(&r, (const char *)data, len, &limits) == 200 &&
	    data[0] != '\r' && data[0] != '\n')
		must(is == GREETING_HTTP);
	return 0;
}
