#include "poller_ops.h"

#include <stddef.h>

const struct poller_ops *const poller_all[] = {&poller_poll, NULL};
const char *const poller_names[] = {"poll", NULL};
