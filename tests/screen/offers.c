/* The part of the actions' feed: a menu, questions, what becomes of them. */
#include "tests/screen/offers.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"

static void menu(struct model *m, const char *text)
{
    static const struct offers_row rows[] = {
        {"shell", "Shell", "a shell in one of its containers; the terminal is handed over",
         "container: ", "web"},
        {"scale", "Scale", "another number of replicas", "replicas: ", "4"},
        {"delete", "Delete", "the object goes, and what it owns", "", ""},
    };
    struct offers *o = &m->offers;
    o->err = (struct err){0};
    if (!object_ref_read(&o->object, text))
        return;
    o->state = OFFERS_READY;
    snprintf(o->text, sizeof o->text, "pod %s/%s of prod-seoul", o->object.namespace_,
             o->object.name);
    memcpy(o->list, rows, sizeof rows);
    o->count = sizeof rows / sizeof *rows;
    o->lists++;
}

static void question(struct model *m, const char *text)
{
    struct offers *o = &m->offers;
    struct str rest = str_of(text), name;
    str_cut(&rest, ' ', &name);
    if (str_is(name, "scale") && str_is(rest, "many")) {
        err_set(&o->err, ERR_USAGE, "replicas", "write how many there are to be",
                "\"many\" is no number from 0 to 100000");
        return;
    }
    snprintf(
        o->question, sizeof o->question,
        "%.*s pod %s/%s of prod-seoul? Its controller, ReplicaSet checkout-7d9f8c6b5, may make "
        "another one. \033[31m",
        (int)name.n, name.p, o->object.namespace_, o->object.name);
    o->state = OFFERS_QUESTION;
    o->questions++;
}

static void agree(struct model *m, int64_t now, int64_t number)
{
    struct offers *o = &m->offers;
    if (number != (int64_t)o->questions || o->state != OFFERS_QUESTION)
        return;
    memmove(&o->operations[1], &o->operations[0], o->operation_count * sizeof *o->operations);
    o->operation_count++;
    o->operations[0] =
        (struct offers_operation){.id = o->operation_count, .at = now, .state = OFFERS_RUNNING};
    snprintf(o->operations[0].what, sizeof o->operations[0].what, "delete %.600s", o->text);
    str_copy(o->operations[0].outcome, sizeof o->operations[0].outcome, "3 evicted, 9 to go");
    o->forward_count = 1;
    o->forwards[0] = (struct offers_forward){.id = 7,
                                             .local = 8080,
                                             .remote = 80,
                                             .pod = "shop/web-1",
                                             .open = 1,
                                             .connections = 12,
                                             .sent = 4096,
                                             .received = 123456789,
                                             .errors = 1,
                                             .last_error = "dial tcp4 127.0.0.1:80: refused"};
    o->state = OFFERS_NONE;
    o->count = 0;
    o->lists++;
}

static void stop(struct model *m, int64_t id)
{
    struct offers *o = &m->offers;
    if (id == 7)
        o->forward_count = 0;
    for (size_t i = 0; i < o->operation_count; i++)
        if ((int64_t)o->operations[i].id == id) {
            o->operations[i].state = OFFERS_WRONG;
            str_copy(o->operations[i].outcome, sizeof o->operations[i].outcome,
                     "stopped by you: the node stays cordoned");
        }
}

void offers_answer(struct model *m, int64_t now, const struct intent *wish)
{
    if (wish->type == INTENT_OFFERS)
        menu(m, wish->text);
    else if (wish->type == INTENT_QUESTION)
        question(m, wish->text);
    else if (wish->type == INTENT_AGREED)
        agree(m, now, wish->from);
    else if (wish->type == INTENT_STOP)
        stop(m, wish->from);
    else if (wish->type == INTENT_FORGET && m->offers.state == OFFERS_QUESTION)
        m->offers.state = OFFERS_READY;
}
