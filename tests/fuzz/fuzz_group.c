/* Lines through everything that triage does with one: template, level, redaction, groups. */
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "tests/fuzz/fuzz.h"
#include "triage/grouping/grouper.h"
#include "triage/level_detect.h"
#include "triage/mask/mask.h"
#include "triage/redact/redact.h"

static void one_line(struct grouper *g, struct redactor *r, struct str line)
{
    char template_text[MASK_SIZE];
    struct buf out;
    buf_init(&out, 2 * line.n + 64);
    size_t n = mask_line(line, template_text);
    must(n < MASK_SIZE && n == strlen(template_text));
    must(utf8_valid((struct str){template_text, n}));
    level_detect(line);
    must(redact_line(r, line, &out, NULL) || !out.n);
    grouper_add(g, 0, line);
    buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err;
    struct grouper *g = grouper_new(NULL);
    struct redactor *r = redact_new(redact_kinds, NULL, NULL, &err);
    const char *p = (const char *)data, *end = p + size;
    while (p < end) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        size_t n = newline ? (size_t)(newline - p) : (size_t)(end - p);
        one_line(g, r, (struct str){p, n});
        p += n + 1;
    }
    grouper_finish(g);
    for (size_t i = 0; i < grouper_provisional(g); i++)
        must(grouper_final(g, (uint32_t)i) < grouper_count(g));
    redact_free(r);
    grouper_free(g);
    return 0;
}
