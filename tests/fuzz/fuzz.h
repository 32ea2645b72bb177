/*
 * Each tests/fuzz/fuzz_X.c is a parser under libFuzzer: any bytes, under asan and ubsan, and where
 * there is one, a law that must hold (what is written reads back; what is printed is safe; pieces
 * are as good as the whole). `make fuzz` runs each for SECONDS; T=X one.
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A law: ends the run, whose input libFuzzer keeps. */
static inline void must(bool held)
{
    if (!held)
        abort();
}

/* The next piece of what is left: some bytes, as many as the first of it says. */
static inline struct str fuzz_piece(struct str *left)
{
    size_t n = (unsigned char)left->p[0] % 23 + 1;
    struct str piece = {left->p, n < left->n ? n : left->n};
    left->p += piece.n;
    left->n -= piece.n;
    return piece;
}

#endif
