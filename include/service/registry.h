/*
 * registry.h - the services there are.
 *
 * A service is added here, or by service_add before anything is forked, and
 * nowhere else: no driver, journal or takeover has to know of it.
 */
#ifndef SERVICE_REGISTRY_H
#define SERVICE_REGISTRY_H

#include "stream/service.h"

/* Those of prefork itself. */
enum {
	SPEAKS_AUTO,
	SPEAKS_ECHO,
	SPEAKS_HTTP,
	SPEAKS_DEMO,
	SPEAKS_PREFACE,
	SPEAKS_STATUS
};

/* By id. */
extern service_table services;

/* Adds a service with an id of its own. 0, or -1: its id or name is taken. */
int service_add(const struct service *service);

/* The one of that name that a user may choose, or NULL. */
const struct service *service_find(const char *name);

/* The names of those, NULL last. */
extern const char *service_words[];

/* The service of a record that the audit has passed, or that this process has
 * made. */
static inline const struct service *
service_of(const struct record *r)
{
	return services[r->speaks];
}

/* The service that a new client speaks first. status: it came by a listener of
 * the status, and speaks that. Else SPEAKS_PREFACE if a proxy is to say who the
 * client is, else config->first. */
const struct service *
service_met(const struct service_config *config, bool status);

/* Fills `spoken`, by id, with the services that clients may speak by now under
 * that configuration; the others are NULL. */
void services_spoken(const struct service_config *config, service_table spoken);

#endif
