/*
 * ledger.h - the kernel's own count of what passed through a socket.
 *
 * A process can be killed between the return of a system call and the next
 * store; what it counted itself cannot be trusted after that. The kernel's
 * count can. Linux alone has it; elsewhere ledger_works() says no.
 */
#ifndef OS_LEDGER_H
#define OS_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

struct ledger {
	int64_t consumed; /* bytes read from the socket by the application */
	int64_t written;  /* bytes written to it */
	bool peer_done;	  /* the peer's FIN has arrived */
	bool own_done;	  /* this side's FIN has been sent or queued */
	bool dead;	  /* reset or closed: nothing can be sent any more */
};

/* Reads the ledger of an accepted TCP socket that no other process uses just
 * now (on the connecting side the SYN counts as a byte written). 0; -1 with
 * errno if fd is no such thing or would not hold still. Once `dead` is set the
 * counts mean nothing. */
int ledger_read(int fd, struct ledger *l);

/* Can the socket have a ledger? A unix socket cannot. */
bool ledger_is_kept(int fd);

/* Does the ledger tell the truth here? Tried on a loopback connection: data
 * both ways, some of it unread, and a FIN. */
bool ledger_works(void);

#endif
