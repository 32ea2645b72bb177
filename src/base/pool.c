#include "base/pool.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"

struct task {
    struct task *next;
    void (*work)(void *job);
    void (*done)(void *job);
    void *job;
};

struct queue {
    struct task *first, **end;
    int count;
};

struct pool {
    pthread_mutex_t lock; /* guards what stands up to `stopping` */
    pthread_cond_t filled;
    struct queue waiting, ended;
    bool stopping;
    void (*wake)(void *context);
    void *context;
    int thread_count;
    pthread_t threads[];
};

static void queue_init(struct queue *q)
{
    *q = (struct queue){.end = &q->first};
}

static void push(struct queue *q, struct task *t)
{
    t->next = NULL;
    *q->end = t;
    q->end = &t->next;
    q->count++;
}

static struct task *pop(struct queue *q)
{
    struct task *t = q->first;
    if (!t)
        return NULL;
    q->first = t->next;
    if (!q->first)
        q->end = &q->first;
    q->count--;
    return t;
}

static struct task *next_task(struct pool *p)
{
    pthread_mutex_lock(&p->lock);
    while (!p->stopping && !p->waiting.first)
        pthread_cond_wait(&p->filled, &p->lock);
    struct task *t = p->stopping ? NULL : pop(&p->waiting);
    pthread_mutex_unlock(&p->lock);
    return t;
}

static void *run_worker(void *context)
{
    struct pool *p = context;
    struct task *t;
    while ((t = next_task(p))) {
        t->work(t->job);
        pthread_mutex_lock(&p->lock);
        push(&p->ended, t);
        pthread_mutex_unlock(&p->lock);
        p->wake(p->context);
    }
    return NULL;
}

struct pool *pool_new(int threads, void (*wake)(void *context), void *context)
{
    struct pool *p = mem_alloc(sizeof *p + (size_t)threads * sizeof *p->threads);
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->filled, NULL);
    queue_init(&p->waiting);
    queue_init(&p->ended);
    p->wake = wake;
    p->context = context;
    /* Signals are the loop's, by signalfd: no worker may take one. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (p->thread_count < threads &&
           pthread_create(&p->threads[p->thread_count], NULL, run_worker, p) == 0)
        p->thread_count++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (p->thread_count)
        return p;
    pool_free(p);
    return NULL;
}

void pool_free(struct pool *p)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->stopping = true;
    pthread_cond_broadcast(&p->filled);
    pthread_mutex_unlock(&p->lock);
    for (int i = 0; i < p->thread_count; i++)
        pthread_join(p->threads[i], NULL);
    for (struct task *t; (t = pop(&p->waiting));)
        free(t);
    pool_collect(p);
    pthread_cond_destroy(&p->filled);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

bool pool_run(struct pool *p, void (*work)(void *job), void (*done)(void *job), void *job)
{
    struct task *t = mem_alloc(sizeof *t);
    *t = (struct task){.work = work, .done = done, .job = job};
    pthread_mutex_lock(&p->lock);
    bool room = p->waiting.count < POOL_QUEUE;
    if (room) {
        push(&p->waiting, t);
        pthread_cond_signal(&p->filled);
    }
    pthread_mutex_unlock(&p->lock);
    if (!room)
        free(t);
    return room;
}

/* Only what has ended by now: a `done` that queues a job again cannot keep the loop here. */
void pool_collect(struct pool *p)
{
    pthread_mutex_lock(&p->lock);
    struct task *t = p->ended.first;
    queue_init(&p->ended);
    pthread_mutex_unlock(&p->lock);
    for (struct task *next; t; t = next) {
        next = t->next;
        t->done(t->job);
        free(t);
    }
}
