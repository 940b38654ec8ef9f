/*
 * config.h - how the services are to behave: set before the fork, then
 * constant.
 */
#ifndef SERVICE_CONFIG_H
#define SERVICE_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/append.h"
#include "http/access.h"
#include "http/request.h"
#include "os/networks.h"
#include "os/root.h"
#include "service/site.h"
#include "stream/board.h"
#include "stream/service.h"

struct pf_service;

struct service_config {
	struct root *root;		/* what is served */
	const struct service *first;	/* of new clients; behind proxies, when
					 * these have said who the client is */
	const struct networks *proxies; /* that speak the PROXY protocol; NULL:
					 * clients connect themselves */
	const struct board *board; /* for the status, NULL: there is none */
	const char *model;	   /* the model's name */
	const struct pf_service *status; /* what is offered at the listeners of
					  * the status; NULL: nothing */
	bool demo; /* echo obeys the laboratory's commands */
	const struct networks *forwarders; /* proxies whose field Forwarded or
					    * X-Forwarded-For is believed;
					    * NULL: none is */
	int64_t idle_timeout;		   /* ms without progress */
	int64_t header_timeout;		   /* ms for a whole head */
	int64_t keep_alive;		   /* ms between two requests */
	struct request_limits limits;
	struct site site;
	int64_t min_rate;      /* bytes a second that a client has to take or
				* give when places are scarce */
	int64_t max_body;      /* bytes of a request's body that are dropped */
	struct append *access; /* the access log, NULL: none */
	enum access_format access_format;
};

#endif
