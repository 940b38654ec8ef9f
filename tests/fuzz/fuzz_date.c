/*
 * fuzz_date - what is printed is read back as what it was, and what is read
 * can be printed. The bytes are taken as a number and as text.
 */
#include "http/date.h"

#include "fuzz.h"

static const int64_t first = INT64_C(-62167219200);
static const int64_t last = INT64_C(253402300799);

static void
there_and_back(int64_t seconds, int64_t now)
{
	int64_t clamped = seconds < first  ? first
			  : seconds > last ? last
					   : seconds;
	char text[DATE_BYTES], brief[17];
	int64_t back;

	date_format(text, seconds);
	must(strlen(text) == DATE_BYTES - 1);
	must(date_parse(text, strlen(text), now, &back) == 0);
	must(back == clamped);
	date_format_short(brief, seconds);
	must(strlen(brief) == 16);
	must(memcmp(brief, text + 12, 4) == 0);
	must(memcmp(brief + 8, text + 5, 2) == 0);
	must(memcmp(brief + 11, text + 17, 5) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	int64_t seconds, now = 0;
	uint64_t bits = 0;
	size_t i;

	for (i = 0; i < len && i < 8; i++)
		bits = bits << 8 | data[i];
	memcpy(&now, &bits, sizeof(now));
	there_and_back(now, 0);
	there_and_back(now % last, now);
	/* Year 9999 may end in a leap second, and so go beyond it. */
	if (date_parse((const char *)data, len, now, &seconds) == 0) {
		must(seconds >= first && seconds <= last + 1);
		there_and_back(seconds, now);
	}
	return 0;
}
