#include "triage/mask/mask_out.h"

#include "base/utf8.h"

void mask_out_init(struct mask_out *o, char *text)
{
    *o = (struct mask_out){.text = text};
}

void mask_out_high(struct mask_out *o, struct str text)
{
    if (utf8_valid(text)) {
        mask_out_text(o, text);
        return;
    }
    for (size_t i = 0, used; i < text.n; i += used) {
        uint32_t code;
        used = utf8_decode(text.p + i, text.n - i, &code);
        bool bad = code == 0xfffd && used == 1;
        mask_out_text(o, bad ? str_of("\xef\xbf\xbd") : (struct str){text.p + i, used});
    }
}

static bool ends_in(const struct mask_out *o, const char *text)
{
    size_t n = strlen(text);
    return !o->blank && !o->full && o->n >= n && memcmp(o->text + o->n - n, text, n) == 0;
}

void mask_out_close(struct mask_out *o)
{
    static const char again[] = "<*> (<*>";
    if (o->unit && ends_in(o, again) && o->value_kind == MASK_OUT_NUMBER &&
        o->kind_before == MASK_OUT_NUMBER) {
        o->n -= sizeof again - 1 - 3;
        o->value_end = o->n;
        o->words--;
        return;
    }
    if (ends_in(o, "<*> (") || ends_in(o, "<*>("))
        mask_out_value(o, MASK_OUT_OTHER);
    mask_out_char(o, ')');
}

/* What stands behind the last value and before the next. */
enum gap { FAR, LIST, JOINED };

static enum gap gap_of(const struct mask_out *o, unsigned *blanks)
{
    size_t i = o->n;
    bool comma = false;
    *blanks = 0;
    if (!o->value_end)
        return FAR;
    if (!o->blank && i == o->value_end + 1 && (o->text[i - 1] == ':' || o->text[i - 1] == ','))
        return JOINED;
    for (; i > o->value_end && (o->text[i - 1] == ' ' || o->text[i - 1] == ','); i--) {
        *blanks += o->text[i - 1] == ' ';
        comma = true;
    }
    if (i != o->value_end)
        return FAR;
    return comma || o->blank ? LIST : JOINED;
}

void mask_out_value(struct mask_out *o, uint32_t kind)
{
    unsigned blanks;
    enum gap gap = gap_of(o, &blanks);
    o->unit = false;
    if (gap == JOINED || (gap == LIST && kind == o->value_kind)) {
        o->n = o->value_end;
        o->words -= blanks;
        o->blank = false;
        return;
    }
    if (mask_out_begin(o, 3)) {
        memcpy(o->text + o->n, "<*>", 3);
        o->n += 3;
        o->value_end = o->n;
        o->kind_before = o->value_kind;
        o->value_kind = kind;
    }
}

void mask_out_end(struct mask_out *o)
{
    if (o->full && !mask_out_is_value(o)) {
        if (o->blank && o->n)
            o->text[o->n++] = ' ';
        memcpy(o->text + o->n, "<*>", 3);
        o->n += 3;
    }
    o->text[o->n] = 0;
}
