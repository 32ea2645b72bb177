#include "triage/workload.h"

#include <stdbool.h>
#include <string.h>

#include "base/str.h"

/* Where the last part, behind a dash, begins; 0 when there is none. */
static size_t last_part(const char *name, size_t n)
{
    while (n && name[n - 1] != '-')
        n--;
    return n;
}

static bool all_of(const char *p, size_t n, const char *alphabet)
{
    for (size_t i = 0; i < n; i++)
        if (!strchr(alphabet, p[i]))
            return false;
    return n > 0;
}

/* The name's length without its last part when that part is one of these. */
static size_t without_part(const char *name, size_t n, size_t shortest, size_t longest,
                           const char *alphabet)
{
    size_t at = last_part(name, n);
    if (at < 2 || n - at < shortest || n - at > longest || !all_of(name + at, n - at, alphabet))
        return n;
    return at - 1;
}

char *workload_of(const char *pod, const char *app, char *out, size_t size)
{
    static const char random_set[] = "bcdfghjklmnpqrstvwxz2456789", digits[] = "0123456789";
    size_t whole = strlen(pod), n = whole;
    n = without_part(pod, whole, 5, 5, random_set);
    if (n < whole) {
        size_t inner = without_part(pod, n, 6, 10, random_set);      /* the hash of a ReplicaSet */
        n = inner < n ? inner : without_part(pod, n, 8, 10, digits); /* the minute of a CronJob */
    } else {
        n = without_part(pod, whole, 1, 4, digits); /* the ordinal of a StatefulSet */
    }
    str_copy(out, size, whole ? pod : app);
    if (whole && n < size)
        out[n] = 0;
    return out;
}
