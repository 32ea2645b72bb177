/*
 * What the user may do to an object, as the screen shows it: the menu, the question that is put before
 * anything is done, what was done in this session and how it ended, and the forwarded ports. Filled by
 * the feed of the actions alone.
 */
#ifndef MODEL_OFFERS_H
#define MODEL_OFFERS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/object_ref.h"

enum { OFFERS_MOST = 12, OFFERS_OPERATIONS = 24, OFFERS_FORWARDS = 16 };
enum offers_state {
    OFFERS_NONE,    /* no object was chosen */
    OFFERS_ASKING,  /* the server is asked what the user may do */
    OFFERS_READY,   /* the list stands; it may be empty */
    OFFERS_FAILED,  /* err */
    OFFERS_LOOKING, /* the question is being prepared */
    OFFERS_QUESTION /* it waits for the answer */
};

struct offers_row {
    char name[24], label[40], about[120];
    char input[80]; /* what has to be typed first ("replicas: "); "" nothing */
    char value[80]; /* what stands there at first */
};

enum offers_outcome { OFFERS_RUNNING, OFFERS_DONE, OFFERS_WRONG };

/* Something that was done, or is being done. */
struct offers_operation {
    uint64_t id;
    int64_t at; /* wall ns of its start */
    enum offers_outcome state;
    char what[640];    /* "scale deployment shop/web of cluster prod-seoul" */
    char outcome[960]; /* how it ended, or how far it is */
};

struct offers_forward {
    uint64_t id;
    int local, remote;
    char pod[520]; /* "shop/web-1" */
    uint64_t open, connections, sent, received, errors;
    char last_error[300];
};

struct offers {
    enum offers_state state;
    struct object_ref object;
    char text[640]; /* "deployment shop/web of cluster prod-seoul" */
    struct offers_row list[OFFERS_MOST];
    size_t count;
    uint64_t lists; /* grows when the list is another: what stood at a place of it means nothing */
    struct err err; /* of OFFERS_FAILED; also why no question could be put (OFFERS_READY) */
    char question[1600]; /* names cluster, kind, object and what will happen */
    uint64_t questions;  /* the question's number, which grows: what is agreed to names it */
    struct offers_operation operations[OFFERS_OPERATIONS]; /* the newest first */
    size_t operation_count;
    struct offers_forward forwards[OFFERS_FORWARDS];
    size_t forward_count;
    uint64_t changes; /* grows with every change */
};

#endif
