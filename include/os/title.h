/*
 * title.h - the title of a process, as ps(1) and pstree(1) show it.
 */
#ifndef OS_TITLE_H
#define OS_TITLE_H

/* To be called first thing in main: remembers where the arguments lie. */
void title_init(int argc, char **argv);

/* Sets the title ("prefork: worker 2"). `brief`, at most 15 bytes, is what
 * the kernel calls the process. Does nothing where there is no way. */
void title_set(const char *title, const char *brief);

#endif
