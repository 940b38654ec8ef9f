/*
 * program.h - the service of a program that uses prefork as a library
 * (prefork/service.h), behind http.
 */
#ifndef SERVICE_PROGRAM_H
#define SERVICE_PROGRAM_H

struct pf_service;

/* This program's service is that one. To be called before the first fork. Exits
 * if a route of it cannot be. */
void program_offer(const struct pf_service *service);

/* What prefork itself offers, at the listeners of the status. */
extern const struct pf_service status_offered;

#endif
