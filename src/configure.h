/*
 * configure.h - makes the configuration of master and workers, of the options
 * and of what the start has found out. Called by the start itself, and by each
 * program that goes on in its name.
 */
#ifndef CONFIGURE_H
#define CONFIGURE_H

#include "image.h"
#include "master/config.h"
#include "options.h"
#include "worker/config.h"

/* Fills in all that follows from these two, but for the site, which is prepared
 * first (site.h). The root and the logs are open at their descriptors, and the
 * scoreboard is to be found. The image lasts as long as the program. To be
 * called once. */
void configure_worker(struct worker_config *w, const struct options *o,
    const struct image *image);

/* The same for the master, of the options alone. */
void configure_master(struct master_config *config, const struct options *o);

/* From now on the scoreboard is this one, and it says how often the logs were
 * rotated. It lasts as long as the program. */
void configure_board(struct worker_config *w, struct board *board);

/* For config->keep: writes what the worker has read anew to the image at
 * FD_IMAGE. */
void configure_keep(const struct worker_config *w);

/* For config->reread: reads files again, if the scoreboard asks for that. */
void configure_reread(const struct worker_config *w);

#endif
