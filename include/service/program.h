/*
 * program.h - the service of a program of somebody's own, behind http.
 */
#ifndef SERVICE_PROGRAM_H
#define SERVICE_PROGRAM_H

struct pf_service;

/* It is that of this program, to be said before the first fork. Exits if it
 * cannot be. */
void program_offer(const struct pf_service *service);

/* What prefork itself offers, at the listeners of the status. */
extern const struct pf_service status_offered;

#endif
