/*
 * listener.h - the sockets that clients connect to.
 *
 * Made once, by the master, before it forks; inherited by all workers, so
 * that what waits in the kernel's queue outlives any of them.
 */
#ifndef OS_LISTENER_H
#define OS_LISTENER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/un.h>

enum {
	LISTENERS_MAX = 10,
	LISTENER_PATH = sizeof(((struct sockaddr_un *)0)->sun_path),
	LISTENER_TEXT = LISTENER_PATH + 8
};

/* The permissions of a socket's file, and its owner. */
struct listener_rights {
	mode_t mode;
	const char *owner; /* USER[:GROUP]; NULL: as it is made */
};

/* The file of a socket that this process has made. */
struct listener_file {
	char path[LISTENER_PATH];
	dev_t device;
	ino_t number;
};

struct listeners {
	int count;
	int fd[LISTENERS_MAX];
	unsigned status; /* bit i: the status is served at fd[i]; set by the
			  * caller */
	/* "127.0.0.1:5000", "unix:/run/prefork" */
	char name[LISTENERS_MAX][LISTENER_TEXT];
	const char *outside; /* name[i] of the first that other machines can
			      * reach; NULL: none can */
	pid_t maker;	     /* of the files: it alone removes them */
	int files;
	struct listener_file file[LISTENERS_MAX];
};

/* Has it the form of an address of listeners_open()? A host's name is not
 * looked up; a path of unix:PATH must not be too long. */
bool listener_is_address(const char *address);

/* Does such an address name a file? */
bool listener_is_path(const char *address);

/* For such an address: could this process listen there, or is there a socket
 * already, as of a server that runs? Makes nothing. 0: yes; -1 with errno. */
int listener_try_path(const char *address);

/* Where the status is served: unix:PATH, or [HOST:]PORT, where HOST is an
 * address, in brackets if it has colons itself, a name or "*". */
struct listener_status {
	char host[LISTENER_TEXT]; /* for listeners_open; by itself: localhost */
	uint16_t port;
};

/* Reads such a text. False: it is none. */
bool listener_parse_status(struct listener_status *s, const char *text);

/* Binds each of the addresses, ended by NULL, and listens, non-blocking. One is
 * a host (a name or an address; "*" for all) with that port (0: one that is
 * free, the same for all of them), or unix:PATH. "localhost" means both
 * 127.0.0.1 and ::1; one of the two may be missing on the machine. A socket
 * at which no process listens is removed from PATH before; anything else is
 * not. Returns 0; or -1 with *failed naming the address and *cause the reason
 * (both static text or within address), and nothing more left open. l was all
 * zeros, or has some that were adopted and stay. */
int listeners_open(struct listeners *l, const char *const *address,
    uint16_t port, const struct listener_rights *rights, const char **failed,
    const char **cause);

/* The listeners that another program has left at `count` descriptors from
 * `first` on, the first `adopted` of which were adopted. The files of the
 * others have no maker yet. */
void listeners_find(struct listeners *l, int first, int count, int adopted);

/* Adds a socket that another program has made and that listens already. 0; -1
 * with errno, and it stays open. */
int listeners_adopt(struct listeners *l, int fd);

void listeners_close(struct listeners *l);

/* Removes the files, if they are still those that this process has made. */
void listeners_remove(struct listeners *l);

#endif
