/*
 * memory.h - memory that several processes share, and files without a name.
 */
#ifndef OS_MEMORY_H
#define OS_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/* Zeroed memory shared with children forked later, page-aligned, in no core
 * dump where that can be asked for. Pages cost nothing until touched. NULL
 * with errno. */
void *memory_shared(size_t size);

/* The same of this process's own, a copy in each child. Unlike calloc(3)'s,
 * which may clear what was free before, it costs nothing until touched
 * however often it is taken and dropped. */
void *memory_private(size_t size);

/* The same as memory_shared in a file without a name, at descriptor `number` in
 * place of what was open there: a program that this process, or a child of it,
 * changes to by exec maps it by memory_found. Its size stays as it is. NULL
 * with errno, ENOSYS where there are no such files, and the number as it was.
 */
void *memory_kept(size_t size, int number);

/* Maps what memory_kept has left at that descriptor. NULL with errno: EINVAL
 * for anything else, or another size. */
void *memory_found(size_t size, int number);

/* A file as of memory_kept that holds these bytes and that cannot be written to
 * any more. 0, or -1 with errno. */
int memory_write_once(const void *bytes, size_t size, int number);

/* Maps such a file, for reading, and says how long it is. NULL with errno:
 * EINVAL for anything else. */
const void *memory_read_back(size_t *size, int number);

/* Gives it back, in this process only. p may be NULL. */
void memory_drop(void *p, size_t size);

/* The pages of [p, p+size) may from now on only be read by this process. */
int memory_read_only(void *p, size_t size);

/* The pages of [p, p+size) stay mapped as they are, for good, in this process
 * and its children: neither made writable nor moved, grown or replaced, so
 * that not even code that was injected undoes memory_read_only. False where
 * the kernel cannot say so (before Linux 6.10). */
bool memory_seal(void *p, size_t size);

size_t memory_page(void);

/* A new empty file that has no name and vanishes with its descriptor: for
 * reading and writing, open over an exec. -1 with errno. */
int memory_file(void);

/* The same in the directory of temporary files: the twin, and what Linux falls
 * back on. */
int memory_unlinked(void);

#endif
