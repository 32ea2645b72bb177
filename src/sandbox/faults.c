#include "sandbox/faults.h"

#include "base/clock.h"
#include "base/str.h"

struct row {
    const char *name, *argument, *help;
};

static const struct row rows[] = {
#define FAULT(id, name, argument, help) {name, argument, help},
#include "sandbox/faults.def"
#undef FAULT
};

bool faults_row(int i, const char **name, const char **argument, const char **help)
{
    if (i < 0 || i >= FAULTS_COUNT)
        return false;
    *name = rows[i].name;
    *argument = rows[i].argument;
    *help = rows[i].help;
    return true;
}

static int find(struct str name)
{
    for (int i = 0; i < FAULTS_COUNT; i++)
        if (str_is(name, rows[i].name))
            return i;
    return -1;
}

static bool unknown(struct str name, struct err *err)
{
    struct buf names;
    buf_init(&names, 400);
    for (int i = 0; i < FAULTS_COUNT; i++)
        buf_printf(&names, "%s%s", i ? ", " : "one of ", rows[i].name);
    err_set(err, ERR_USAGE, "--fault", buf_text(&names), "there is no fault \"%.*s\"", (int)name.n,
            name.p);
    buf_free(&names);
    return false;
}

static int64_t usual(int id)
{
    switch (id) {
    case FAULTS_SLOW:
        return 2 * CLOCK_SECOND;
    case FAULTS_CUT:
        return 2000;
    case FAULTS_WRONG_CLOCK:
        return 20 * CLOCK_MINUTE;
    default:
        return -1;
    }
}

static bool read_value(int id, struct str text, int64_t *value, struct err *err)
{
    bool span = id == FAULTS_SLOW || id == FAULTS_WRONG_CLOCK;
    if (span ? clock_parse_span(text, value) : (str_to_int(text, value) && *value > 0))
        return true;
    return err_set(err, ERR_USAGE, "--fault",
                   span ? "write a time such as 2s" : "write a number above 0",
                   "%s=%.*s is not understood", rows[id].name, (int)text.n, text.p);
}

static int find_service(struct str name)
{
    for (int i = 0; i < SANDBOX_SERVICES; i++)
        if (str_is(name, sandbox_service_name((enum sandbox_service)i)))
            return i;
    return -1;
}

static bool clear(struct faults *f, struct str name, struct err *err)
{
    int id = find(name);
    if (id < 0 && !str_is(name, "all"))
        return unknown(name, err);
    for (int i = 0; i < FAULTS_COUNT; i++)
        if (id < 0 || i == id)
            f->list[i].on = false;
    return true;
}

bool faults_set(struct faults *f, const char *text, struct err *err)
{
    struct str rest = str_of(text), name;
    str_cut(&rest, '=', &name);
    if (str_is(name, "clear"))
        return clear(f, rest, err);
    int id = find(name);
    if (id < 0)
        return unknown(name, err);
    int service = -1;
    int64_t value = usual(id);
    if (rest.n) {
        struct str first, argument = rest;
        str_cut(&argument, ':', &first);
        service = find_service(first);
        if (service < 0)
            argument = rest;
        if (argument.n && !read_value(id, argument, &value, err))
            return false;
    }
    f->list[id].on = true;
    f->list[id].service = service;
    f->list[id].value = value;
    return true;
}

bool faults_on(const struct faults *f, enum faults_id id, enum sandbox_service service)
{
    return f->list[id].on && (f->list[id].service < 0 || f->list[id].service == (int)service) &&
           service != SANDBOX_CONTROL;
}

int64_t faults_value(const struct faults *f, enum faults_id id)
{
    return f->list[id].value;
}

bool faults_take(struct faults *f, enum faults_id id, enum sandbox_service service)
{
    if (!faults_on(f, id, service))
        return false;
    if (f->list[id].value > 0 && --f->list[id].value == 0)
        f->list[id].on = false;
    return true;
}

int64_t faults_clock(const struct faults *f, enum sandbox_service service)
{
    return faults_on(f, FAULTS_WRONG_CLOCK, service) ? f->list[FAULTS_WRONG_CLOCK].value : 0;
}

void faults_list(const struct faults *f, struct buf *out)
{
    for (int i = 0; i < FAULTS_COUNT; i++) {
        if (!f->list[i].on)
            continue;
        const char *service = f->list[i].service < 0
                                  ? ""
                                  : sandbox_service_name((enum sandbox_service)f->list[i].service);
        buf_printf(out, "%s%s%s\n", rows[i].name, *service ? "=" : "", service);
    }
}
