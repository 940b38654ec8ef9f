#include "os/file.h"

ssize_t
file_send(int socket, int file, int64_t offset, int64_t len)
{
	return file_copy(socket, file, offset, len);
}
