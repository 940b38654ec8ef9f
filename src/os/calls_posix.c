#include "os/calls.h"

const struct call calls_of_threads[] = {{NULL, NULL}};
const struct call calls_with_a_twin[] = {{NULL, NULL}};
