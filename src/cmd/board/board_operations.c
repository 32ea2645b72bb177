/*
 * An object is chosen: its kind is looked up, then the object itself and the user's rights are asked for at
 * the same time, and the menu holds what fits all three. A choice becomes a question; what is agreed
 * to names the question's number, so that nothing is done that was not on the screen.
 */
#include "cmd/board/board_operations.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "cmd/board/board_doing.h"
#include "kube/access/client.h"
#include "kube/discovery.h"
#include "kube/operations/drain.h"
#include "kube/operations/grants.h"
#include "kube/operations/operation_facts.h"
#include "kube/operations/operation_question.h"

enum { OBJECT_LONGEST = 8 << 20 };

struct board_operations {
    struct board_operations_conf conf;
    char *cluster;
    struct grants *grants;
    struct client_request *fetch;
    struct drain *look;
    struct board_doing *doing;
    /* Of the object: */
    const struct kind *kind;
    struct operation_facts facts;
    unsigned may;
    bool fetched, reviewed;
    struct operation_wish wish; /* that the question is of */
};

static struct offers *offers(const struct board_operations *b)
{
    return &b->conf.model->offers;
}

static void changed(struct board_operations *b)
{
    offers(b)->changes++;
    b->conf.model->dirty = true;
}

static struct operation_target target(const struct board_operations *b)
{
    const struct object_ref *o = &offers(b)->object;
    return (struct operation_target){b->kind, b->kind->namespaced ? o->namespace_ : "", o->name,
                                     b->facts.uid};
}

static void fail(struct board_operations *b, const struct err *err)
{
    offers(b)->state = OFFERS_FAILED;
    offers(b)->err = *err;
    changed(b);
}

/* ---- the menu ---- */

static bool is_apt(const struct board_operations *b, enum operation_table_id id)
{
    switch (id) {
    case OPERATION_CORDON:
        return !b->facts.unschedulable;
    case OPERATION_UNCORDON:
        return b->facts.unschedulable;
    case OPERATION_SHELL:
    case OPERATION_FORWARD:
        return b->facts.running;
    case OPERATION_RESTART:
        return !b->facts.paused; /* as kubectl: nothing would happen before it is resumed */
    case OPERATION_SCALE:
        return b->facts.replicas >= 0;
    default:
        return true;
    }
}

static void ask_for_input(const struct board_operations *b, enum operation_table_id id,
                          struct offers_row *row)
{
    const struct operation_facts *f = &b->facts;
    if (id == OPERATION_SCALE) {
        str_copy(row->input, sizeof row->input, "replicas: ");
        snprintf(row->value, sizeof row->value, "%" PRId64, f->replicas);
    } else if (id == OPERATION_SHELL && f->container_count > 1) {
        str_copy(row->input, sizeof row->input, "container: ");
        str_copy(row->value, sizeof row->value, f->containers[0]);
    } else if (id == OPERATION_FORWARD) {
        str_copy(row->input, sizeof row->input, "port (LOCAL:REMOTE, or one for both): ");
        if (f->port_count)
            snprintf(row->value, sizeof row->value, "%d", f->ports[0]);
    }
}

/* What stood at a place of it means nothing any more. */
static void empty_menu(struct offers *o)
{
    o->count = 0;
    o->lists++;
}

static void make_menu(struct board_operations *b)
{
    struct offers *o = offers(b);
    empty_menu(o);
    for (int id = 0; id < OPERATION_COUNT && o->count < OFFERS_MOST; id++) {
        const struct operation_table_row *row = &operation_table[id];
        if (!(b->may & 1u << id) || !is_apt(b, (enum operation_table_id)id))
            continue;
        struct offers_row *to = &o->list[o->count++];
        memset(to, 0, sizeof *to);
        str_copy(to->name, sizeof to->name, row->name);
        str_copy(to->label, sizeof to->label, row->label);
        str_copy(to->about, sizeof to->about, row->about);
        ask_for_input(b, (enum operation_table_id)id, to);
    }
    o->state = OFFERS_READY;
    changed(b);
}

static void came(struct board_operations *b)
{
    if (b->fetched && b->reviewed && offers(b)->state == OFFERS_ASKING)
        make_menu(b);
}

static void on_object(void *context, struct http_request *r, int status, struct str body,
                      const struct err *err)
{
    struct board_operations *b = context;
    struct err why = *err;
    struct json_doc *doc = json_doc_new();
    const struct object_ref *o = &offers(b)->object;
    (void)r;
    (void)status;
    b->fetch = NULL;
    const struct json *object = err->kind ? NULL : json_parse(doc, body.p, body.n, &why);
    if (object)
        operation_facts_read(&b->facts, object);
    if (!why.kind && *o->uid && strcmp(o->uid, b->facts.uid) != 0)
        err_set(&why, ERR_CONFLICT, o->name, "choose it again",
                "it is gone: another object has its name now");
    json_doc_free(doc);
    b->fetched = true;
    if (why.kind)
        fail(b, &why);
    else
        came(b);
}

static void on_reviewed(void *context, unsigned may, const struct err *err)
{
    struct board_operations *b = context;
    b->reviewed = true;
    b->may = may;
    if (!may && err->kind && offers(b)->state == OFFERS_ASKING)
        fail(b, err);
    else
        came(b);
}

static void on_kind(void *context, const struct kind *kind, const struct err *err)
{
    struct board_operations *b = context;
    if (!kind) {
        fail(b, err);
        return;
    }
    b->kind = kind;
    struct operation_target t = target(b);
    char *path = operation_target_path(&t, NULL), *text = operation_target_text(&t);
    snprintf(offers(b)->text, sizeof offers(b)->text, "%s of %s", text, b->cluster);
    b->fetch =
        client_send(b->conf.client,
                    &(struct http_call){
                        .path = path, .max_body = OBJECT_LONGEST, .context = b, .done = on_object});
    grants_ask(b->grants, &t, on_reviewed, b);
    free(path);
    free(text);
    changed(b);
}

static void forget(struct board_operations *b)
{
    discovery_forget(b->conf.discovery, b);
    grants_forget(b->grants);
    client_cancel(b->fetch);
    b->fetch = NULL;
    drain_stop(b->look);
    b->look = NULL;
}

static void ask(struct board_operations *b, const char *text)
{
    struct offers *o = offers(b);
    forget(b);
    memset(&b->facts, 0, sizeof b->facts);
    b->fetched = b->reviewed = false;
    b->kind = NULL;
    o->state = OFFERS_ASKING;
    empty_menu(o);
    err_clear(&o->err);
    changed(b);
    if (!object_ref_read(&o->object, text)) {
        o->state = OFFERS_NONE;
        return;
    }
    snprintf(o->text, sizeof o->text, "%s of %s", o->object.name, b->cluster);
    discovery_find(b->conf.discovery, o->object.kind, on_kind, b);
}

/* ---- the question ---- */

static void put_question(struct board_operations *b, const struct drain_plan *plan)
{
    struct offers *o = offers(b);
    struct buf text;
    struct operation_target t = target(b);
    buf_init(&text, sizeof o->question);
    operation_question(&text, &b->wish, &t, b->cluster, &b->facts, plan);
    str_copy(o->question, sizeof o->question, buf_text(&text));
    buf_free(&text);
    o->state = OFFERS_QUESTION;
    o->questions++;
    changed(b);
}

static void on_looked(void *context, const struct drain_plan *plan, const struct err *err)
{
    struct board_operations *b = context;
    b->look = NULL;
    b->wish.lose_alone = plan->alone > 0;
    b->wish.lose_scratch = plan->scratch > 0;
    if (!err->kind) {
        put_question(b, plan);
        return;
    }
    offers(b)->err = *err;
    offers(b)->state = OFFERS_READY;
    changed(b);
}

static void question(struct board_operations *b, const char *text)
{
    struct offers *o = offers(b);
    struct str rest = str_of(text), name;
    char word[sizeof o->list->name];
    str_cut(&rest, ' ', &name);
    snprintf(word, sizeof word, "%.*s", (int)name.n, name.p);
    err_clear(&o->err);
    changed(b);
    b->wish.id = operation_table_find(word);
    bool offered = false;
    for (size_t i = 0; i < o->count; i++)
        offered |= strcmp(o->list[i].name, word) == 0;
    if (o->state != OFFERS_READY || !offered ||
        !operation_wish_read(&b->wish, rest, &b->facts, &o->err))
        return;
    if (b->wish.id != OPERATION_DRAIN) {
        put_question(b, NULL);
        return;
    }
    o->state = OFFERS_LOOKING;
    b->look = drain_look(b->conf.client, o->object.name, on_looked, b);
}

static void agreed(struct board_operations *b, int64_t number)
{
    struct offers *o = offers(b);
    if (o->state != OFFERS_QUESTION || (int64_t)o->questions != number)
        return;
    struct operation_target t = target(b);
    o->state = OFFERS_READY;
    board_doing_do(b->doing, &b->wish, &t);
    /* What it is like now is another matter: the next choice asks anew. */
    o->state = OFFERS_NONE;
    empty_menu(o);
    changed(b);
}

static void leave(struct board_operations *b)
{
    struct offers *o = offers(b);
    drain_stop(b->look);
    b->look = NULL;
    if (o->state == OFFERS_QUESTION || o->state == OFFERS_LOOKING)
        o->state = OFFERS_READY;
    changed(b);
}

/* ---- life ---- */

bool board_operations_obey(struct board_operations *b, const struct intent *wish)
{
    switch (wish->type) {
    case INTENT_OFFERS:
        ask(b, wish->text ? wish->text : "");
        return true;
    case INTENT_QUESTION:
        question(b, wish->text ? wish->text : "");
        return true;
    case INTENT_AGREED:
        agreed(b, wish->from);
        return true;
    case INTENT_FORGET:
        leave(b);
        return true;
    case INTENT_STOP:
        board_doing_stop(b->doing, (uint64_t)wish->from);
        return true;
    default:
        return false;
    }
}

struct board_operations *board_operations_start(const struct board_operations_conf *conf)
{
    struct board_operations *b = mem_alloc(sizeof *b);
    b->conf = *conf;
    b->cluster = mem_printf("cluster %s", conf->cluster);
    b->grants = grants_new(conf->client);
    b->doing = board_doing_new(&b->conf, b->cluster);
    return b;
}

void board_operations_free(struct board_operations *b)
{
    if (!b)
        return;
    forget(b);
    board_doing_free(b->doing);
    grants_free(b->grants);
    free(b->cluster);
    free(b);
}

void board_operations_shell_ended(struct board_operations *b, int status, const struct err *err)
{
    board_doing_shell_ended(b->doing, status, err);
}
