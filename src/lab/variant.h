/*
 * variant.h - the ways of serving that the laboratory compares: the models,
 * and prefork once more without its standbys, as textbooks have it. Pure.
 */
#ifndef LAB_VARIANT_H
#define LAB_VARIANT_H

#include <stdbool.h>

enum { VARIANTS = 5 };

struct variant {
	const char *name;  /* as --models and the report call it */
	const char *model; /* what -m of prefork is given */
	const char *more;  /* one more option, or NULL */
	bool threads;	   /* executors share one address space */
	bool per_client;   /* an executor for each client */
	bool standby;	   /* clients are meant to survive a crash */
	const char *who;   /* what serves */
	const char *known; /* software of this kind */
};

extern const struct variant variants[VARIANTS];

#endif
