/* The watches that stand open at the pretend API server. */
#ifndef SANDBOX_APISERVER_WATCH_H
#define SANDBOX_APISERVER_WATCH_H

struct apiserver_conf;
struct apiserver_watch;
struct shelf_change;

struct apiserver_watches {
    struct apiserver_watch *first;
    const struct apiserver_conf *conf;
};

/* Writes a change to each watch that it is for. */
void apiserver_watch_tell(struct apiserver_watches *all, const struct shelf_change *change);
void apiserver_watch_free_all(struct apiserver_watches *all);

#endif
