/*
 * Who may not see all namespaces is shown one of them. Whether all are denied for good only time can
 * say: a server that starts refuses everything until it has read its roles. So what was seen of all
 * stays for HOLD_MS before one takes its place, and the right to all is asked for again.
 */
#include "cmd/board/board_watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "cmd/board/board_widen.h"
#include "kube/access/client.h"
#include "kube/kinds/kinds.h"
#include "net/loop.h"

enum { HOLD_MS = 30000 };

struct board_watch {
    struct client *client;
    const struct kind *kind;
    struct watch_conf conf, own; /* the user's, and ours around it */
    struct resource *into;
    struct watch *watch;
    struct loop_timer *narrow;
    struct board_widen *widen;
    bool narrowed;        /* all namespaces are denied */
    bool moved;           /* nothing of this namespace has come yet */
    char at[OBJECT_ONLY]; /* the namespace that is watched; "": all */
};

static bool is_forbidden(const struct board_watch *w)
{
    const struct upstream *u = &w->into->upstream;
    return u->state == UPSTREAM_DENIED && u->err.http == 403;
}

static bool may_narrow(const struct board_watch *w)
{
    return !*w->at && !w->narrowed && w->kind->namespaced && is_forbidden(w);
}

/* Who it is that may not, in the server's words: 'pods is forbidden: User "jane" cannot list …'. */
static struct str user_in(const char *words)
{
    static const char before[] = "User \"";
    const char *at = strstr(words, before);
    if (!at)
        return str_of("");
    at += sizeof before - 1;
    return (struct str){at, strcspn(at, "\"")};
}

/* What is missing and what to ask for, in place of the server's long sentence. */
static void say_missing(struct board_watch *w)
{
    struct err *err = &w->into->upstream.err;
    const char *what = w->kind->name;
    struct str user = user_in(err->what);
    char words[sizeof err->what];
    if (strncmp(err->what, "may not ", 8) == 0)
        return;
    snprintf(words, sizeof words, "may not list %s%s%s%s%.*s%s", what, *w->at ? " in " : "", w->at,
             user.n ? " (as " : "", (int)user.n, user.p, user.n ? ")" : "");
    str_copy(err->what, sizeof err->what, words);
    if (*w->at)
        snprintf(err->mend, sizeof err->mend,
                 "ask for a Role with get, list and watch of %.60s in %.63s, or go to a namespace "
                 "that you "
                 "may see with :ns NAME",
                 what, w->at);
    else
        snprintf(err->mend, sizeof err->mend,
                 "ask for a ClusterRole with get, list and watch of %s", what);
}

static void changed(void *context)
{
    struct board_watch *w = context;
    struct upstream *u = &w->into->upstream;
    w->moved &= u->state != UPSTREAM_LIVE;
    if (w->moved && is_forbidden(w))
        u->data = 0; /* it was another namespace's */
    if (*w->at && u->state == UPSTREAM_LIVE)
        client_set_home(w->client, w->at);
    if (!may_narrow(w))
        loop_timer_stop(w->narrow);
    else if (!loop_timer_is_set(w->narrow))
        loop_timer_set(w->narrow, u->data ? HOLD_MS : 0);
    if (is_forbidden(w) && (!may_narrow(w) || u->data))
        say_missing(w);
    if (w->conf.changed)
        w->conf.changed(w->conf.context);
}

static void event(void *context, enum watch_event e, const struct object *row, struct str json)
{
    struct board_watch *w = context;
    w->conf.event(w->conf.context, e, row, json);
}

static void start(struct board_watch *w, const char *ns)
{
    str_copy(w->at, sizeof w->at, w->kind->namespaced ? ns : "");
    str_copy(w->into->only, sizeof w->into->only, w->at);
    w->watch = watch_new(w->client, w->kind, w->at, &w->own, w->into);
}

/* What was denied in one namespace is an open question in the next; rows keep their age. */
static void start_again(struct board_watch *w, const char *ns)
{
    struct upstream *u = &w->into->upstream;
    watch_free(w->watch);
    loop_timer_stop(w->narrow);
    if (u->state == UPSTREAM_DENIED)
        *u = (struct upstream){.state = u->data ? UPSTREAM_STALE : UPSTREAM_CONNECTING,
                               .since = u->data,
                               .data = u->data,
                               .changes = u->changes + 1};
    start(w, ns);
}

static void narrow(void *context)
{
    struct board_watch *w = context;
    w->narrowed = true;
    board_widen_begin(w->widen);
    start_again(w, client_home(w->client));
}

static void widened(void *context)
{
    struct board_watch *w = context;
    w->narrowed = false;
    start_again(w, "");
}

bool board_watch_scope(struct board_watch *w, const char *ns)
{
    bool all = !*w->at, same = strcmp(w->at, ns) == 0;
    if (!w->kind->namespaced || all || same || (!*ns && w->narrowed))
        return false;
    w->moved = true;
    start_again(w, ns);
    return true;
}

struct board_watch *board_watch_new(struct client *c, const struct kind *kind, const char *ns,
                                    const struct watch_conf *conf, struct resource *into)
{
    struct board_watch *w = mem_alloc(sizeof *w);
    *w = (struct board_watch){.client = c, .kind = kind, .conf = *conf, .own = *conf, .into = into};
    w->own.context = w;
    w->own.changed = changed;
    w->own.event = conf->event ? event : NULL;
    w->narrow = loop_timer_new(client_loop(c), narrow, w);
    w->widen = board_widen_new(c, kind, widened, w);
    start(w, ns);
    return w;
}

void board_watch_free(struct board_watch *w)
{
    if (!w)
        return;
    watch_free(w->watch);
    loop_timer_free(w->narrow);
    board_widen_free(w->widen);
    free(w);
}

bool board_watch_settled(const struct board_watch *w)
{
    const struct resource *r = w->into;
    return upstream_settled(&r->upstream) && !may_narrow(w) &&
           !(r->loading && r->upstream.state == UPSTREAM_LIVE);
}

const char *board_watch_narrowed(const struct board_watch *w)
{
    return w->narrowed ? w->at : NULL;
}
