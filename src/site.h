/*
 * site.h - from options to what the services know of the site.
 */
#ifndef SITE_H
#define SITE_H

#include "options.h"
#include "service/site.h"

/* Reads the files that options name and fills in the site, which lasts as
 * long as the program. To be called once. Dies with the cause. */
void site_prepare(struct site *site, const struct options *o);

#endif
