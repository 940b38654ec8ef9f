/*
 * services.h - the services there are; for src/service alone.
 */
#ifndef SERVICE_SERVICES_H
#define SERVICE_SERVICES_H

#include "service/conn.h"

extern const struct service service_auto;
extern const struct service service_echo;
extern const struct service service_http;

#endif
