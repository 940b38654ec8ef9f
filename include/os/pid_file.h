/*
 * pid_file.h - the file that says which process the server is.
 *
 * It holds the process id in decimal and a newline, and is locked by fcntl(2)
 * for as long as that process lives: a file that is not locked is stale,
 * whatever it says. Such locks belong to one process: a child has none, and
 * loses nothing by closing the descriptor; the process itself loses it when it
 * closes any descriptor of the file. Nothing here waits.
 */
#ifndef OS_PID_FILE_H
#define OS_PID_FILE_H

#include <stdbool.h>
#include <sys/types.h>

enum { PID_FILE_WHY = 128, PID_FILE_UNSEEN = -1 };

struct pid_file {
	const char *path; /* of the caller */
	int fd;		  /* locked; -1: none */
	pid_t owner;	  /* whose lock it is */
	pid_t holder;	  /* the process that has it; 0: none else does;
			   * PID_FILE_UNSEEN: one whose pid this process cannot
			   * see, as from within a container */
	bool made;	  /* it was not there before */
	bool written;	  /* this server's pid has been written to it */
};

/* Opens and locks the file, at descriptor `number` in place of what was open
 * there; makes it if it is not there, else leaves it as it is. 0; -1: another
 * process has it, or it is nothing that a server has left: why says what is
 * wrong, and nothing has changed. */
int pid_file_take(
    struct pid_file *f, const char *path, int number, char why[PID_FILE_WHY]);

/* The caller has taken the file: writes its process id. 0; -1 with errno. */
int pid_file_write(struct pid_file *f);

/* The caller's program was begun in the place of the one that took and wrote
 * the file, which is at that descriptor. */
void pid_file_go_on(struct pid_file *f, const char *path, int number);

/* Makes the caller the owner in place of the process that took the file, which
 * is dead by now and with which it shares a table of descriptors, and so the
 * lock; writes its process id. 0; -1 with errno. */
int pid_file_inherit(struct pid_file *f);

/* Removes the file that was made or written, if it is still there under its
 * name; one that cannot be removed is left empty, so that no old number is
 * believed. Does nothing in a child, and nothing twice. */
void pid_file_remove(struct pid_file *f);

#endif
