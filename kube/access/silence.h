/* Listening to a stream on which nothing may come for long: is the server still there? */
#ifndef KUBE_SILENCE_H
#define KUBE_SILENCE_H

#include "base/err.h"

struct client;
struct silence;

struct silence_conf {
    int ms; /* after so much silence the server is asked; 0: 10 s */
    void *context;
    void (*answered)(void *context); /* it is there: what is shown is as of now */
    /* It takes its time to answer: what is shown is as old as what came last. The stream stays. */
    void (*doubted)(void *context, const struct err *err);
    /* It is away, or says that it is going: the stream is no good. The listening is over. */
    void (*lost)(void *context, const struct err *err);
};

struct silence *silence_new(struct client *c, const struct silence_conf *conf);
void silence_free(struct silence *s); /* NULL is allowed; before the client */
/* Something came, or the stream was asked for: listens from now on. */
void silence_heard(struct silence *s);
void silence_over(struct silence *s); /* nobody listens any more, until the next silence_heard */
/* How often the server was asked. */
uint64_t silence_asked(const struct silence *s);

#endif
