#include "digest.h"

#include <string.h>

/* Odd, so that multiplying loses nothing; otherwise arbitrary. */
#define FACTOR UINT64_C(0x9fb21c651e98df25)

static uint64_t
stir(uint64_t lane, uint64_t word)
{
	lane = (lane ^ word) * FACTOR;
	return lane ^ lane >> 29;
}

/* Four lanes that do not wait for each other's multiplication. */
static void
stripe(struct digest *d, const unsigned char *in)
{
	uint64_t word[DIGEST_LANES];
	int i;

	memcpy(word, in, sizeof(word));
	for (i = 0; i < DIGEST_LANES; i++)
		d->lane[i] = stir(d->lane[i], word[i]);
}

void
digest_init(struct digest *d)
{
	int i;

	for (i = 0; i < DIGEST_LANES; i++)
		d->lane[i] = FACTOR + (uint64_t)i;
	d->length = 0;
}

void
digest_add(struct digest *d, const void *data, size_t len)
{
	const unsigned char *in = data;
	size_t held = (size_t)(d->length % DIGEST_STRIPE), n;

	d->length += len;
	if (held > 0) {
		n = DIGEST_STRIPE - held;
		if (n > len)
			n = len;
		memcpy(d->tail + held, in, n);
		in += n;
		len -= n;
		if (held + n < DIGEST_STRIPE)
			return;
		stripe(d, d->tail);
	}
	for (; len >= DIGEST_STRIPE; in += DIGEST_STRIPE, len -= DIGEST_STRIPE)
		stripe(d, in);
	if (len > 0)
		memcpy(d->tail, in, len);
}

uint64_t
digest_sum(const struct digest *d)
{
	size_t held = (size_t)(d->length % DIGEST_STRIPE), i;
	uint64_t sum = stir(FACTOR, d->length);

	for (i = 0; i < held; i++)
		sum = stir(sum, d->tail[i]);
	for (i = 0; i < DIGEST_LANES; i++)
		sum = stir(sum, d->lane[i]);
	return sum;
}
