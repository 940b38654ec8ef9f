/*
 * site.h - from options to what the services know of the site.
 */
#ifndef SITE_H
#define SITE_H

#include "image.h"
#include "options.h"
#include "service/site.h"

/* Fills in the site, which lasts as long as the program. The image has the
 * files that the options name, or, at the start, is to have them. To be called
 * once. Dies with the cause. */
void
site_prepare(struct site *site, const struct options *o, struct image *image);

/* Reads error pages and media types again, those that have changed, into the
 * image and the site that was prepared. Of one that cannot be read or is wrong
 * a warning tells, and what was read before holds. For a process in which
 * no step runs just now; what was read before is given back. */
void site_reread(void);

#endif
