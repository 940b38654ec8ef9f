#include "posts.h"

#include <string.h>

#include "text.h"

/* For a LIKE that holds the text, in which nothing stands for something else:
 * each byte may need another before it. */
enum { PATTERN_BYTES = SEARCH_MOST * 4 * 2 + 3 };

static void
make_pattern(char pattern[PATTERN_BYTES], const char *search)
{
	char *to = pattern;

	*to = '\0';
	if (*search == '\0' || strlen(search) > SEARCH_MOST * (size_t)4)
		return;
	*to++ = '%';
	for (; *search != '\0'; search++) {
		if (strchr("%_\\", *search) != NULL)
			*to++ = '\\';
		*to++ = *search;
	}
	*to++ = '%';
	*to = '\0';
}

const char *
post_fault(const char *title, const char *text)
{
	if (title == NULL || text_is_blank(title))
		return "A post has a title.";
	if (text == NULL || text_is_blank(text))
		return "A post has a text.";
	if (text_length(title, false) < 0 || text_length(text, true) < 0)
		return "Text is UTF-8 without control characters.";
	if (text_length(title, false) > TITLE_MOST)
		return "A title has at most 120 characters.";
	if (text_length(text, true) > TEXT_MOST)
		return "A text has at most 10000 characters.";
	return NULL;
}

static void
read_post(struct store *s, enum query query, struct post *post)
{
	post->id = store_int(s, query, 0);
	post->version = store_int(s, query, 1);
	post->author = store_int(s, query, 2);
	store_text(s, query, 3, post->name, sizeof(post->name));
	store_text(s, query, 4, post->title, sizeof(post->title));
	store_text(s, query, 5, post->text, sizeof(post->text));
	post->created = store_int(s, query, 6);
	post->changed = store_int(s, query, 7);
}

bool
post_get(struct store *s, int64_t id, struct post *post)
{
	store_ask(s, ASK_POST, "i", id);
	if (!store_row(s, ASK_POST))
		return false;
	read_post(s, ASK_POST, post);
	return true;
}

int64_t
post_add(struct store *s, int64_t author, const char *title, const char *text,
    int64_t now)
{
	store_ask(s, ADD_POST, "issi", author, title, text, now);
	return store_done(s, ADD_POST) > 0 ? store_added(s) : 0;
}

void
post_set(struct store *s, int64_t id, const char *title, const char *text,
    int64_t now)
{
	store_ask(s, SET_POST, "issi", id, title, text, now);
	(void)store_done(s, SET_POST);
}

void
post_remove(struct store *s, int64_t id)
{
	store_ask(s, REMOVE_POST, "i", id);
	(void)store_done(s, REMOVE_POST);
}

struct listed
posts_list(struct store *s, const struct listing *l, struct post *post,
    void (*each)(const struct post *post, void *with), void *with)
{
	const enum query query =
	    l->after > 0 ? ASK_POSTS_AFTER : ASK_POSTS_BEFORE;
	const int64_t from = l->after > 0    ? l->after
			     : l->before > 0 ? l->before
					     : INT64_MAX;
	struct listed listed = {0, 0, 0};
	char pattern[PATTERN_BYTES];

	make_pattern(pattern, l->search);
	store_ask(s, query, "isii", from, pattern, (int64_t)l->limit,
	    (int64_t)l->text);
	while (store_row(s, query)) {
		read_post(s, query, post);
		if (listed.count++ == 0)
			listed.first = post->id;
		listed.last = post->id;
		each(post, with);
	}
	return listed;
}

static bool
are(struct store *s, enum query query, const char *search, int64_t id)
{
	char pattern[PATTERN_BYTES];

	make_pattern(pattern, search);
	store_ask(s, query, "is", id, pattern);
	return store_row(s, query);
}

bool
posts_are_before(struct store *s, const char *search, int64_t id)
{
	return are(s, ASK_ARE_BEFORE, search, id);
}

bool
posts_are_after(struct store *s, const char *search, int64_t id)
{
	return are(s, ASK_ARE_AFTER, search, id);
}
