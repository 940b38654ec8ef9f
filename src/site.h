/*
 * site.h - makes of the options what the services know of the site.
 */
#ifndef SITE_H
#define SITE_H

#include "image.h"
#include "options.h"
#include "service/site.h"

/* Fills in the site, which lasts as long as the program. The files that the
 * options name are in the image; at the start they are read into it. To be
 * called once. Dies with the cause. */
void
site_prepare(struct site *site, const struct options *o, struct image *image);

/* Reads error pages and media types again, if they have changed, into the image
 * and the site that was prepared. If a file is wrong or cannot be read, the log
 * says so, and what was read before holds. No step may run meanwhile, since
 * what was read before is given back. */
void site_reread(void);

#endif
