/*
 * sketch.h - a frame as boxes in boxes, a connection as a ladder: on paper of
 * 80 columns, in ASCII. What the application sent is escaped.
 */
#ifndef SHOW_SKETCH_H
#define SHOW_SKETCH_H

#include <stdio.h>

#include "capture.h"

/* The layers of the frame, each within the one that carries it, with all
 * fields. `number` is what the frame is called. */
void sketch_frame(FILE *out, const struct capture *c, size_t number);

/* All segments of a connection, in the order in which they were captured. */
void sketch_ladder(FILE *out, const struct capture *c, int talk);

#endif
