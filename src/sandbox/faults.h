/* Faults that can be switched on: which, for which service, how much. */
#ifndef SANDBOX_FAULTS_H
#define SANDBOX_FAULTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "sandbox/sandbox_service.h"

enum faults_id {
#define FAULT(id, name, argument, help) FAULTS_##id,
#include "sandbox/faults.def"
#undef FAULT
    FAULTS_COUNT
};

struct faults {
    struct {
        bool on;
        int service;   /* enum sandbox_service, -1: all */
        int64_t value; /* ns, bytes or a count that is left; -1: for ever */
    } list[FAULTS_COUNT];
};

/* "NAME", "NAME=ARG", "clear=NAME", "clear=all". */
bool faults_set(struct faults *f, const char *text, struct err *err);
bool faults_on(const struct faults *f, enum faults_id id, enum sandbox_service service);
int64_t faults_value(const struct faults *f, enum faults_id id);
/* As faults_on, and uses up one of the count. */
bool faults_take(struct faults *f, enum faults_id id, enum sandbox_service service);
/* How far the service's clock is ahead, ns. */
int64_t faults_clock(const struct faults *f, enum sandbox_service service);
/* The active ones, a line each, as they would be given to --fault. */
void faults_list(const struct faults *f, struct buf *out);
bool faults_row(int i, const char **name, const char **argument, const char **help);

#endif
