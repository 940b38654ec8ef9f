/*
 * capture.h - a capture with its packets sorted into connections.
 *
 * Pure but for memory: capture_sort() allocates. The bytes are the caller's
 * and must outlive it.
 */
#ifndef SHOW_CAPTURE_H
#define SHOW_CAPTURE_H

#include "ladder.h"

/* One packet. */
struct frame {
	struct pcap_packet raw;
	struct packet packet; /* if `talk` is not negative */
	int talk;	      /* of which connection; -1: none of TCP */
	struct rung rung;     /* its part in it */
};

struct capture {
	struct frame *frame;
	size_t frames;
	struct ladder *talk;
	int talks;
	size_t others;	   /* packets that are not of TCP, or not whole */
	const char *other; /* why, for the last of them */
	bool cut;	   /* another packet has begun */
	enum link link;
};

/* 0; or -1 with a few words in *why, and nothing to be released. */
int
capture_sort(struct capture *c, const void *data, size_t len, const char **why);
void capture_release(struct capture *c);

/* How many connections are over. */
int capture_over(const struct capture *c);

#endif
