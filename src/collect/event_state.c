#include "collect/event_state.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "store/store.h"
#include "store/window_store.h"

enum { SCHEMA = 1, OBJECT_MAX = 1 << 20 };

struct event_state {
    struct window_store *store;
    struct store_op *get, *put;
    char *key;
    int64_t at;                          /* the newest that was told */
    uint64_t recent[EVENT_STATE_RECENT]; /* a ring */
    size_t count, next;
    struct map *known; /* of the ring */
    void *context;
    void (*loaded)(void *context, const struct err *err);
};

void event_state_free(struct event_state *s)
{
    if (!s)
        return;
    store_cancel(s->get);
    store_cancel(s->put);
    map_free(s->known, NULL);
    free(s->key);
    free(s);
}

static struct str key_of(const uint64_t *hash)
{
    return (struct str){(const char *)hash, sizeof *hash};
}

bool event_state_knows(const struct event_state *s, int64_t time, uint64_t hash)
{
    return time < s->at - EVENT_STATE_WHILE || map_get(s->known, key_of(&hash));
}

static void remember(struct event_state *s, uint64_t hash)
{
    if (map_get(s->known, key_of(&hash)))
        return;
    if (s->count == EVENT_STATE_RECENT)
        map_remove(s->known, key_of(&s->recent[s->next]));
    else
        s->count++;
    s->recent[s->next] = hash;
    map_put(s->known, key_of(&hash), s);
    s->next = (s->next + 1) % EVENT_STATE_RECENT;
}

void event_state_told(struct event_state *s, int64_t time, uint64_t hash)
{
    s->at = time > s->at ? time : s->at;
    remember(s, hash);
}

static bool read_state(struct event_state *s, struct str bytes, struct err *err)
{
    struct json_doc *doc = json_doc_new();
    const struct json *j = json_parse(doc, bytes.p, bytes.n, err);
    bool good = j && json_int(j, "schema", 0) == SCHEMA &&
                clock_parse(str_of(json_string(j, "at", "")), false, &s->at);
    for (const struct json *e = good ? json_first(json_member(j, "recent")) : NULL; e;
         e = json_next(e))
        if (json_value(e))
            remember(s, strtoull(json_value(e), NULL, 16));
    json_doc_free(doc);
    return good || err_set(err, ERR_PROTOCOL, s->key, "", "it is no state of this kubeboard's");
}

static void on_got(void *context, struct str bytes, const struct err *err)
{
    struct event_state *s = context;
    struct err why = *err;
    s->get = NULL;
    if (why.kind == ERR_NONE)
        read_state(s, bytes, &why);
    else if (why.kind == ERR_NOT_FOUND)
        err_clear(&why);
    s->loaded(s->context, &why);
}

struct event_state *event_state_load(struct window_store *w, void *context,
                                     void (*loaded)(void *context, const struct err *err))
{
    struct event_state *s = mem_alloc(sizeof *s);
    s->store = w;
    s->context = context;
    s->loaded = loaded;
    s->known = map_new();
    s->key = mem_printf("%s/events.json", window_store_cluster(w));
    s->get = store_get(window_store_processed(w), s->key, OBJECT_MAX, s, on_got);
    return s;
}

static void on_put(void *context, const struct err *err)
{
    struct event_state *s = context;
    s->put = NULL;
    if (err->kind)
        log_err(LOG_WARN, "which events were told cannot be stored", err);
}

void event_state_save(struct event_state *s)
{
    char time[CLOCK_TEXT], hex[20];
    struct buf body;
    struct json_out o = {.b = &body};
    if (s->put)
        return;
    buf_init(&body, OBJECT_MAX);
    json_out_object(&o, NULL);
    json_out_int(&o, "schema", SCHEMA);
    json_out_text(&o, "cluster", window_store_cluster(s->store));
    json_out_text(&o, "at", clock_rfc3339(s->at, true, time));
    json_out_array(&o, "recent");
    for (size_t i = 0; i < s->count; i++) {
        size_t at = (s->next + EVENT_STATE_RECENT - s->count + i) % EVENT_STATE_RECENT;
        snprintf(hex, sizeof hex, "%016llx", (unsigned long long)s->recent[at]);
        json_out_text(&o, NULL, hex);
    }
    json_out_end_array(&o);
    json_out_end_object(&o);
    s->put =
        store_put(window_store_processed(s->store), s->key, "application/json", &body, s, on_put);
}
