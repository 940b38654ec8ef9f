/*
 * reply.h - from a request that was parsed to what is sent: what deciding and
 * emitting hand to one another. For src/service alone.
 */
#ifndef SERVICE_REPLY_H
#define SERVICE_REPLY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "http/conditions.h"
#include "http/out.h"
#include "http/path.h"
#include "http/range.h"
#include "cache.h"
#include "http_state.h"
#include "service/config.h"
#include "service/conn.h"

/* "/about" finds the file about.html. */
#define PAGE_SUFFIX ".html"

enum { PARTS_TYPE_BYTES = 64, LOCATION_BYTES = 32768 };

/* What is to be answered. The body is `text` if there is one, else `length`
 * bytes of `file` from `offset`; none of it is sent when head_only. */
struct reply {
	const struct site *site;
	int status;
	int minor; /* of the client's HTTP/1.x */
	bool head_only;
	bool last;	  /* Connection: close */
	bool linger;	  /* the client may still be sending */
	const char *type; /* Content-Type; NULL: none */
	int64_t length;	  /* Content-Length; -1: none (304) */
	const char *text; /* a body in memory, of `length` bytes */
	bool asked;	  /* the cache has been, and had no answer... */
	bool found;	  /* ... or it had: `cached`, to be sent as it is */
	int file;	  /* -1: none; closed by emit or kept by the answer */
	int64_t offset;
	bool validated; /* id is good for ETag and Last-Modified */
	struct validator id;
	bool ranges;	     /* Accept-Ranges: bytes */
	const char *archive; /* not NULL: its name, and the file is its plan */
	bool streams;	     /* a body without an end follows, bit by bit */
	bool made;	     /* the file is a page of pages.h */
	int64_t since;	     /* clock_now() when what it says was so */
	const char *part;    /* Content-Type of each part of a multipart body */
	int types;	     /* a file without a name that has it; -1: none */
	int parts;	     /* of a 206: in `range`; above 1: multipart */
	const char *coding;  /* Content-Encoding; NULL: none */
	const char *caching; /* Cache-Control; NULL: none */
	const char *vary; /* what else the answer depends on; NULL: nothing */
	const char *location; /* NULL: none; else of the target the last segment
			       * and the query, whose references are escaped
			       * in at most LOCATION_BYTES */
	size_t location_len;  /* of the segment, and of the query behind it */
	size_t query_len;     /* with its '?' */
	const char *allow;    /* Allow; NULL: none */
	const char *fields;   /* of a handler: lines, each behind a CRLF */
	size_t fields_len;
	const struct pf_route *route; /* a handler answers, nothing else is set
				       * yet; NULL: none does */
	const char *head;	      /* of the request, for the access log */
	size_t head_len;
	struct cached cached;
	/* Not set before decided: */
	struct path path;		/* what was asked for */
	struct range range[RANGES_MAX]; /* what of id.size the parts are */
	char several[PARTS_TYPE_BYTES]; /* room for type */
	char page[2048];		/* room for text */
};

/* What a decision is made from, beside the reply that it ends in. */
struct asked {
	struct conn *c;
	struct serving *s;
	const char *head;
	const char *target; /* as it came */
	size_t target_len;
};

/* reply.c: fills p with what follows from request and server alone. */
void
reply_begin(struct reply *p, const struct conn *c, const struct serving *s);

/* Fills p with a page for an error or other bodiless status. */
void reply_status(struct reply *p, int status);

/* The status that an errno of a file means, and the page for it. */
int error_status(int error);
void reply_error(struct reply *p, int error);

/* decide.c: the reply to a request that parsed, or the one to the error that
 * it is (status >= 400). head: the bytes that client_of(c)->request points
 * into. Returns false when the answer cannot be told yet, since a listing or
 * the look at a password is not done: come back later. */
bool decide(struct reply *p, struct conn *c, struct serving *s,
    const char *head, int status);

/* represent.c: the reply with a regular file, open as fd, which is taken over.
 * name: its path below the root. */
void reply_file(struct reply *p, const struct asked *q, int fd, struct stat *st,
    const char *name);

/* encoding.c: puts in place of the file that is open as *fd, with its *st, the
 * encoding of it that lies beside it and that the client prefers, if there is
 * one. Returns its enum coding. */
uint8_t choose_encoding(
    const struct asked *q, const char *name, int *fd, struct stat *st);

/* Makes p, for emit_more, the reply whose first pieces have been emitted and
 * are sent: by the request, which is still in the in-buffer, and the record.
 * Returns false if the two do not go together. */
bool decide_more(struct reply *p, struct conn *c, struct serving *s);

/* directory.c: the reply with the index of the directory `dir`, if it has one.
 * Else false, and errno says why. */
bool reply_index(struct reply *p, struct asked *q, const char *dir);

/* The reply with a directory, open as fd, which is taken over: its index, or
 * a listing. As decide. */
bool reply_directory(struct reply *p, struct asked *q, int fd);

/* Is there that index? */
bool has_index(const struct reply *p, const struct asked *q, const char *dir);

/* Goes on with the listing that c waits for (pages.h). As decide. */
bool finish_listing(struct reply *p, struct conn *c, struct serving *s);

/* parts.c: Content-Type of a multipart answer, and the length of its body,
 * INT64_MAX if that is too long to count. */
void parts_type(char type[PARTS_TYPE_BYTES], const struct validator *id);
int64_t parts_length(const struct reply *p);

/* Keeps the type of each part for pieces that may follow, in p->types: what the
 * types of files are may be read anew meanwhile, and the length is announced
 * already. Where that cannot be p becomes the reply to that error. */
void parts_keep(struct reply *p);

/* Makes p->part what was kept there, in p->page. 0, or -1. */
int parts_recall(struct reply *p, int fd);

/* Renders the body from `part` on (as in struct answer) with as many small
 * parts as PARTS_BYTES hold, up to a part that is to be sent from the file:
 * *from. Returns the part that follows then; 0: none, that was all; -1: the
 * file is shorter now. */
enum { PARTS_BYTES = 32768 };
int parts_render(
    struct out *o, const struct reply *p, int part, struct range *from);

/* Reads len bytes at offset of a file into o; -1 if there are not so many. */
int parts_read(struct out *o, int file, int64_t offset, int64_t len);

/* emit.c: the most bytes that a reply needs of the out-buffer. */
int64_t emit_size(const struct reply *p);

/* Renders the reply behind what is in the out-buffer and makes it owed;
 * `parsed` is the offset behind its request. Returns -1 if it cannot be (no
 * buffer, or the file is not what it was): the connection is to be closed. */
int emit(struct conn *c, struct serving *s, struct reply *p, int64_t parsed);

/* The same for the next piece of a body that comes in pieces, when all before
 * it has been sent: http_has_more(). */
int emit_more(struct conn *c, struct serving *s);

/* What is owed has been sent, or will not be: counts how long it took. */
void emit_end(struct conn *c, struct serving *s);

/* Emits, if there is room behind what is owed already; else closes the file
 * that it would have been. head: len bytes of the request. */
enum result answer_with(struct conn *c, struct serving *s, struct reply *p,
    const char *head, size_t len, int64_t parsed);

#endif
