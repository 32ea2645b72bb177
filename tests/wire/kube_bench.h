/*
 * A bench for the Kubernetes client: loop, HTTP client, a client of a server that the test plays
 * itself (net/server.h), and the recorded exchanges of real API servers below tests/data/kube/.
 */
#ifndef TESTS_WIRE_KUBE_BENCH_H
#define TESTS_WIRE_KUBE_BENCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "kube/access/client.h"
#include "net/server.h"

struct kube_bench {
    struct loop *loop;
    struct http *http;
    struct server *server;
    int port;
    struct kubeconfig_context
        context; /* of the server; a test may add credentials before kube_bench_client */
    struct client *client;
    void *test;
    void (*handle)(void *test, struct server_request *r);
    size_t requests;
    char last[2048]; /* target of the last request */
};

/* Starts a server on a free port that answers by `handle`. */
struct kube_bench *kube_bench_new(void *test, void (*handle)(void *test, struct server_request *r));
void kube_bench_free(struct kube_bench *b);
void kube_bench_client(struct kube_bench *b); /* makes the client (again) from b->context */
void kube_bench_stop(struct kube_bench *b);   /* the server goes away, with all its connections */
void kube_bench_start(struct kube_bench *b);  /* and comes back on its port */

/* Turns the loop until *done (true) or ms have passed (false). */
bool kube_bench_until(struct kube_bench *b, const bool *done, int ms);
void kube_bench_wait(struct kube_bench *b, int ms);

/* The n-th answer (from 0) in a recording ("v1.20/410-expired.http"): its status, its body in *body
 * (to be freed by buf_free). Ends the program when there is none. */
int kube_bench_recorded(const char *file, size_t n, struct buf *body);
/* Answers with it. */
void kube_bench_replay(struct server_request *r, const char *file, size_t n);

#endif
