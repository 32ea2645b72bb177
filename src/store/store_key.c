#include "store/store_key.h"

#include "base/file.h"
#include "base/str.h"
#include "base/utf8.h"

enum { PART_MAX = 255 };

static bool bad_key(struct err *err, const char *key, const char *what)
{
    return err_set(err, ERR_USAGE, "store", "", "'%.200s' is no key: %s", key, what);
}

static bool part_ok(struct str part, const char *key, struct err *err)
{
    if (str_is(part, ".") || str_is(part, ".."))
        return bad_key(err, key, "'.' and '..' may not be parts of it");
    if (part.n > PART_MAX)
        return bad_key(err, key, "a part is longer than 255 bytes");
    if (str_starts(part, FILE_TEMPORARY))
        return bad_key(err, key, "a part begins like a temporary file");
    return true;
}

bool store_key_fits(const char *key, bool is_prefix, struct err *err)
{
    struct str rest = str_of(key), part;
    if (rest.n > STORE_KEY_MAX)
        return bad_key(err, key, "it is too long");
    if (!utf8_valid(rest))
        return bad_key(err, key, "it is no UTF-8");
    for (size_t i = 0; i < rest.n; i++)
        if ((unsigned char)rest.p[i] < 0x20 || rest.p[i] == 0x7f)
            return bad_key(err, key, "it holds a control character");
    bool ends = rest.n && rest.p[rest.n - 1] == '/';
    if (ends && is_prefix)
        rest.n--;
    else if (ends || (!rest.n && !is_prefix))
        return bad_key(err, key, ends ? "it ends with a slash" : "it is empty");
    while (rest.n && str_cut(&rest, '/', &part)) {
        if (!part.n)
            return bad_key(err, key, "it begins with a slash, or holds two together");
        if (!part_ok(part, key, err))
            return false;
    }
    return true;
}

bool store_key_check(const char *key, struct err *err)
{
    return store_key_fits(key ? key : "", false, err);
}
