#include "cmd/board/board_broken_rows.h"

bool board_broken_rows_make(struct broken *b, struct broken_rows *rows,
                            const struct objects *const *tables, size_t count, int64_t now,
                            bool whole)
{
    broken_make(b, tables, count, now);
    broken_rows_begin(rows, now);
    for (size_t i = 0; i < broken_count(b); i++) {
        const struct broken_row *r = broken_at(b, i);
        broken_rows_put(rows, &(struct broken_rows_row){.rank = (int)r->class,
                                                        .health = r->health,
                                                        .what = broken_class_words(r->class),
                                                        .kind = r->kind,
                                                        .namespace_ = r->namespace_,
                                                        .name = r->name,
                                                        .reason = r->reason,
                                                        .words = r->words,
                                                        .member_kind = r->member_kind,
                                                        .member = r->member,
                                                        .count = r->count,
                                                        .others = r->others,
                                                        .stuck = r->stuck});
    }
    return broken_rows_end(rows, whole);
}
