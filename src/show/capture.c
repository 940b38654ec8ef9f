#include "capture.h"

#include <stdlib.h>
#include <string.h>

/* A person who looks at a conversation looks at no more. Each packet is held
 * against all of them, so a hostile file must not have as many as it likes. */
enum { TALKS_MAX = 1000 };

/* Room for one more of `size`; it doubles. NULL if there is none. */
static void *
room(void *list, size_t count, size_t size)
{
	size_t most = count == 0 ? 16 : 2 * count;

	/* Enough until the next power of two. */
	if ((count & (count - 1)) != 0 || (count > 0 && count < 16))
		return list;
	if (most > SIZE_MAX / size)
		return NULL;
	return realloc(list, most * size);
}

/* The latest connection between the two; a SYN after its end begins another. */
static int
find(const struct capture *c, const struct packet *p)
{
	bool opens = (p->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN;
	int i;

	for (i = c->talks - 1; i >= 0; i--)
		if (ladder_has(&c->talk[i], p))
			return opens && ladder_over(&c->talk[i]) ? -1 : i;
	return -1;
}

/* Puts the frame into its connection. 0; -1: no memory. */
static int
place(struct capture *c, struct frame *f)
{
	const char *why;
	struct ladder *more;

	f->talk = -1;
	if (packet_parse(&f->packet, &f->raw, c->link, &why) != 0) {
		c->others++;
		c->other = why;
		return 0;
	}
	f->talk = find(c, &f->packet);
	if (f->talk < 0 && c->talks == TALKS_MAX) {
		c->others++;
		c->other = "there are too many connections";
		return 0;
	}
	if (f->talk < 0) {
		more = room(c->talk, (size_t)c->talks, sizeof(*more));
		if (more == NULL)
			return -1;
		c->talk = more;
		f->talk = c->talks++;
		ladder_begin(&c->talk[f->talk], &f->packet, f->raw.at);
	}
	ladder_add(&c->talk[f->talk], &f->packet, f->raw.at, &f->rung);
	return 0;
}

int
capture_sort(struct capture *c, const void *data, size_t len, const char **why)
{
	struct pcap_packet raw;
	struct frame *more;
	struct pcap pcap;
	int found;

	memset(c, 0, sizeof(*c));
	if (pcap_open(&pcap, data, len, why) != 0)
		return -1;
	c->link = pcap.link;
	while ((found = pcap_next(&pcap, &raw, why)) > 0) {
		*why = "it does not fit into memory";
		more = room(c->frame, c->frames, sizeof(*more));
		if (more != NULL) {
			c->frame = more;
			c->frame[c->frames].raw = raw;
		}
		if (more == NULL || place(c, &c->frame[c->frames]) != 0) {
			found = -1;
			break;
		}
		c->frames++;
	}
	c->cut = pcap.cut;
	if (found == 0)
		return 0;
	capture_release(c);
	return -1;
}

void
capture_release(struct capture *c)
{
	free(c->frame);
	free(c->talk);
	memset(c, 0, sizeof(*c));
}

int
capture_over(const struct capture *c)
{
	int i, n = 0;

	for (i = 0; i < c->talks; i++)
		n += ladder_over(&c->talk[i]);
	return n;
}
