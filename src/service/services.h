/*
 * services.h - the services of prefork itself; for src/service alone.
 */
#ifndef SERVICE_SERVICES_H
#define SERVICE_SERVICES_H

#include <stdbool.h>
#include <stdint.h>

#include "stream/service.h"

extern const struct service service_auto;
extern const struct service service_echo;
extern const struct service service_http;
extern const struct service service_demo;
extern const struct service service_preface;
extern const struct service service_status;

/* An echo, all of which before the offset `from` is answered, becomes a demo
 * from there on. False if there is no buffer for it. */
bool demo_begin(struct conn *c, struct serving *s, int64_t from);

#endif
