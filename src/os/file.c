#include "os/file.h"

#include <errno.h>
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

#include "os/socket.h"

/* Enough to keep a socket's buffer filled; small enough for any stack. */
enum { PIECE = 32768 };

ssize_t
file_copy(int socket, int file, int64_t offset, int64_t len)
{
	char data[PIECE];
	ssize_t got, sent, total = 0;

	while (total < len) {
		size_t want = sizeof(data);

		if ((int64_t)want > len - total)
			want = (size_t)(len - total);
		got = pread(file, data, want, (off_t)(offset + total));
		if (got <= 0)
			return total > 0 ? total : got;
		/* What the socket does not take is read again next time. */
		sent = socket_send(socket, data, (size_t)got, false);
		if (sent < 0)
			return total > 0 ? total : -1;
		total += sent;
		if (sent < got)
			break;
	}
	return total;
}
