/*
 * layers.h - the command `prefork-show layers`: a saved capture, explained.
 */
#ifndef SHOW_LAYERS_H
#define SHOW_LAYERS_H

/* argv: what follows the command, up to NULL. Blocks; writes to standard
 * output. Returns the exit status. */
int layers_main(char **argv);

#endif
