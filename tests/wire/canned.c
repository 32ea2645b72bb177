#include "tests/wire/canned.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "net/loop.h"
#include "net/websocket.h"

enum { RULES = 64, REQUEST_MAX = 4 << 20, ANSWER_MAX = 64 << 20 };

struct rule {
    char *prefix;
    void (*handle)(void *context, const struct canned_request *r, struct canned_answer *a);
    void (*open)(void *context, struct canned_socket *s);
    void *context;
    char *file, *text, *type;
    int status;
};

struct canned_socket {
    struct canned_socket *next;
    struct canned *owner;
    struct loop_watch *watch;
    struct loop_timer *delay;
    int fd;
    struct buf in, out;
    bool upgraded, close_when_sent, waiting, dead;
};

struct canned {
    struct loop *loop;
    struct loop_watch *watch;
    int fd, port;
    char url[64];
    struct rule rules[RULES];
    size_t rule_count, requests;
    struct canned_socket *sockets;
    char *raw;
    char *last;
    struct buf seen;
    void (*frame)(void *context, struct canned_socket *s, int opcode, struct str payload);
    void *frame_context;
};

/* ---- connections ---- */

static void drop(struct canned_socket *s)
{
    struct canned_socket **link = &s->owner->sockets;
    while (*link != s)
        link = &(*link)->next;
    *link = s->next;
    loop_unwatch(s->watch);
    loop_timer_free(s->delay);
    close(s->fd);
    buf_free(&s->in);
    buf_free(&s->out);
    free(s);
}

static void send_more(struct canned_socket *s)
{
    while (s->out.n && !s->waiting) {
        ssize_t n = send(s->fd, s->out.p, s->out.n, MSG_NOSIGNAL);
        if (n <= 0) {
            s->dead = s->dead || (errno != EAGAIN);
            break;
        }
        buf_drop_front(&s->out, (size_t)n);
    }
    if (!s->out.n && s->close_when_sent && !s->waiting)
        s->dead = true;
    loop_watch_events(s->watch, (short)(POLLIN | (s->out.n && !s->waiting ? POLLOUT : 0)));
}

size_t canned_waiting(const struct canned *c)
{
    size_t n = 0;
    for (const struct canned_socket *s = c->sockets; s; s = s->next)
        n += s->waiting;
    return n;
}

static void delay_over(void *context)
{
    struct canned_socket *s = context;
    s->waiting = false;
    send_more(s);
    if (s->dead)
        drop(s);
}

/* ---- answers ---- */

static struct rule *rule_for(struct canned *c, const char *path)
{
    for (size_t i = c->rule_count; i-- > 0;)
        if (strncmp(path, c->rules[i].prefix, strlen(c->rules[i].prefix)) == 0)
            return &c->rules[i];
    return NULL;
}

static const char *reason_of(int status)
{
    return status == 200   ? "OK"
           : status == 404 ? "Not Found"
           : status < 500  ? "Bad Request"
                           : "Internal Server Error";
}

/* A recorded exchange: the request's lines, a blank line, then the answer. */
static void from_file(struct canned_answer *a, const char *file, char *type, size_t type_size)
{
    struct buf whole;
    struct err err;
    char *path = mem_printf(TEST_DATA "/%s", file);
    buf_init(&whole, ANSWER_MAX);
    if (!file_read(path, &whole, &err)) {
        fprintf(stderr, "canned: no %s\n", path);
        exit(1);
    }
    free(path);
    const char *answer = strstr(buf_text(&whole), "\nHTTP/1.1 "),
               *body = answer ? strstr(answer, "\n\n") : NULL;
    if (!body) {
        fprintf(stderr, "canned: %s holds no exchange\n", file);
        exit(1);
    }
    a->status = (int)strtol(answer + 10, NULL, 10);
    const char *kind = strcasestr(answer, "\nContent-Type: ");
    if (kind && kind < body)
        snprintf(type, type_size, "%.*s", (int)strcspn(kind + 15, "\r\n"), kind + 15);
    a->type = type;
    size_t n = whole.n - (size_t)(body + 2 - whole.p);
    while (n && body[2 + n - 1] == '\n')
        n--;
    /* Of some recordings the end was trimmed, within Loki's statistics: those are left out. */
    const char *trimmed = strstr(body, "\n... [trimmed"),
               *stats = trimmed ? strstr(body, ",\"stats\":") : NULL;
    if (stats)
        n = (size_t)(stats - (body + 2));
    buf_add(&a->body, body + 2, n);
    if (stats)
        buf_adds(&a->body, "}}");
    buf_free(&whole);
}

static void put_answer(struct canned_socket *s, struct canned_answer *a)
{
    size_t n = a->cut < a->body.n ? a->cut : a->body.n;
    if (a->hang_up) {
        s->close_when_sent = true;
        return;
    }
    buf_printf(&s->out, "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nDate: ", a->status,
               reason_of(a->status), a->type);
    char date[64];
    clock_format(clock_now(), true, "%a, %d %b %Y %H:%M:%S GMT", date, sizeof date);
    buf_printf(&s->out, "%s\r\n%s", date, a->headers ? a->headers : "");
    if (a->chunked) {
        buf_adds(&s->out, "Transfer-Encoding: chunked\r\n\r\n");
        for (size_t at = 0; at < n; at += 4000) {
            size_t size = n - at < 4000 ? n - at : 4000;
            buf_printf(&s->out, "%zx\r\n", size);
            buf_add(&s->out, a->body.p + at, size);
            buf_adds(&s->out, "\r\n");
        }
        if (n == a->body.n)
            buf_adds(&s->out, "0\r\n\r\n");
    } else {
        buf_printf(&s->out, "Content-Length: %zu\r\n\r\n", a->body.n);
        buf_add(&s->out, a->body.p, n);
    }
    s->close_when_sent = n < a->body.n;
}

static void upgrade(struct canned_socket *s, struct rule *rule, const struct canned_request *r)
{
    struct buf key;
    buf_init(&key, 64);
    websocket_accept(&key, canned_header(r, "Sec-WebSocket-Key"));
    buf_printf(&s->out,
               "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: "
               "Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
               buf_text(&key));
    buf_free(&key);
    s->upgraded = true;
    rule->open(rule->context, s);
}

static void answer(struct canned_socket *s, const struct canned_request *r)
{
    struct canned *c = s->owner;
    c->requests++;
    free(c->last);
    c->last = mem_dup(r->target);
    if (c->raw) {
        buf_adds(&s->out, c->raw);
        free(c->raw);
        c->raw = NULL;
        s->close_when_sent = true;
        return;
    }
    struct rule *rule = rule_for(c, r->path);
    if (rule && rule->open) {
        upgrade(s, rule, r);
        return;
    }
    char type[128] = "application/json";
    struct canned_answer a = {.status = 200, .type = type, .cut = SIZE_MAX};
    buf_init(&a.body, ANSWER_MAX);
    if (rule && rule->file) {
        from_file(&a, rule->file, type, sizeof type);
    } else if (rule && rule->handle) {
        rule->handle(rule->context, r, &a);
    } else {
        a.status = rule ? rule->status : 404;
        a.type = rule ? rule->type : "text/plain; charset=utf-8";
        buf_adds(&a.body, rule ? rule->text : "404 page not found\n");
    }
    put_answer(s, &a);
    buf_free(&a.body);
    if (a.delay_ms) {
        s->waiting = true;
        loop_timer_set(s->delay, a.delay_ms);
    }
}

/* ---- requests ---- */

const char *canned_header(const struct canned_request *r, const char *name)
{
    static char value[4096];
    struct str rest = r->head, line;
    size_t n = strlen(name);
    while (str_cut(&rest, '\n', &line))
        if (line.n > n && line.p[n] == ':' && !strncasecmp(line.p, name, n)) {
            struct str v = str_trim((struct str){line.p + n + 1, line.n - n - 1});
            snprintf(value, sizeof value, "%.*s", (int)v.n, v.p);
            return value;
        }
    return NULL;
}

static int hex(char c)
{
    return c <= '9' ? c - '0' : (c | 32) - 'a' + 10;
}

static bool find_field(struct str form, const char *name, char *value, size_t size)
{
    struct str part;
    size_t n = strlen(name);
    while (str_cut(&form, '&', &part)) {
        if (part.n <= n || part.p[n] != '=' || strncmp(part.p, name, n) != 0)
            continue;
        size_t to = 0;
        for (size_t i = n + 1; i < part.n && to + 1 < size; i++) {
            char ch = part.p[i];
            if (ch == '%' && i + 2 < part.n) {
                ch = (char)(hex(part.p[i + 1]) * 16 + hex(part.p[i + 2]));
                i += 2;
            }
            value[to++] = ch == '+' ? ' ' : ch;
        }
        value[to] = '\0';
        return true;
    }
    return false;
}

const char *canned_field(const struct canned_request *r, const char *name)
{
    static char value[65536];
    const char *query = strchr(r->target, '?');
    if (query && find_field(str_of(query + 1), name, value, sizeof value))
        return value;
    return find_field(r->body, name, value, sizeof value) ? value : NULL;
}

int64_t canned_number(const struct canned_request *r, const char *name, int64_t otherwise)
{
    const char *text = canned_field(r, name);
    int64_t value;
    return text && str_to_int(str_of(text), &value) ? value : otherwise;
}

/* Takes one whole request out of `in`. False when it has not come whole. */
static bool take_request(struct canned_socket *s)
{
    char *blank = s->in.n ? memmem(s->in.p, s->in.n, "\r\n\r\n", 4) : NULL;
    if (!blank)
        return false;
    size_t head_n = (size_t)(blank - s->in.p) + 4;
    char *line_end = strchr(s->in.p, '\r');
    struct canned_request r = {.head = {line_end + 2, head_n - (size_t)(line_end + 2 - s->in.p)}};
    const char *length = canned_header(&r, "Content-Length");
    size_t body_n = length ? (size_t)strtoul(length, NULL, 10) : 0;
    if (s->in.n < head_n + body_n)
        return false;
    char *line = mem_dup_n(s->in.p, (size_t)(line_end - s->in.p)), *target = strchr(line, ' ');
    *target++ = '\0';
    *strchr(target, ' ') = '\0';
    char *path = mem_dup_n(target, strcspn(target, "?"));
    r.method = line;
    r.target = target;
    r.path = path;
    r.body = (struct str){s->in.p + head_n, body_n};
    answer(s, &r);
    free(path);
    free(line);
    buf_drop_front(&s->in, head_n + body_n);
    return true;
}

/* Frames of the client: masked, small. */
static void take_frames(struct canned_socket *s)
{
    while (s->in.n >= 6) {
        size_t n = (unsigned char)s->in.p[1] & 127, head = 6;
        if (n == 126) {
            n = (size_t)(unsigned char)s->in.p[2] << 8 | (unsigned char)s->in.p[3];
            head = 8;
        }
        if (s->in.n < head + n)
            return;
        int opcode = s->in.p[0] & 15;
        buf_printf(&s->owner->seen, "%x", opcode);
        for (size_t i = 0; i < n; i++)
            s->in.p[head + i] ^= s->in.p[head - 4 + (i & 3)];
        if (s->owner->frame)
            s->owner->frame(s->owner->frame_context, s, opcode, (struct str){s->in.p + head, n});
        buf_drop_front(&s->in, head + n);
    }
}

static void on_ready(void *context, short revents)
{
    struct canned_socket *s = context;
    char piece[65536];
    if (revents & (POLLIN | POLLHUP | POLLERR)) {
        ssize_t n = recv(s->fd, piece, sizeof piece, 0);
        if (n > 0)
            buf_add(&s->in, piece, (size_t)n);
        else if (n == 0 || errno != EAGAIN)
            s->dead = true;
        if (s->upgraded)
            take_frames(s);
        else
            while (!s->dead && !s->close_when_sent && !s->waiting && !s->upgraded &&
                   take_request(s))
                continue;
    }
    if (!s->dead)
        send_more(s);
    if (s->dead)
        drop(s);
}

static void on_accept(void *context, short revents)
{
    struct canned *c = context;
    (void)revents;
    int fd = accept4(c->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC), one = 1;
    if (fd < 0)
        return;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct canned_socket *s = mem_alloc(sizeof *s);
    *s = (struct canned_socket){.next = c->sockets, .owner = c, .fd = fd};
    buf_init(&s->in, REQUEST_MAX);
    buf_init(&s->out, ANSWER_MAX);
    s->watch = loop_watch_fd(c->loop, fd, POLLIN, on_ready, s);
    s->delay = loop_timer_new(c->loop, delay_over, s);
    c->sockets = s;
}

/* ---- for tests ---- */

static struct rule *add_rule(struct canned *c, const char *prefix)
{
    if (c->rule_count == RULES)
        abort();
    struct rule *r = &c->rules[c->rule_count++];
    *r = (struct rule){.prefix = mem_dup(prefix)};
    return r;
}

void canned_on(struct canned *c, const char *prefix,
               void (*handle)(void *context, const struct canned_request *r,
                              struct canned_answer *a),
               void *context)
{
    struct rule *r = add_rule(c, prefix);
    r->handle = handle;
    r->context = context;
}

void canned_file(struct canned *c, const char *prefix, const char *file)
{
    add_rule(c, prefix)->file = mem_dup(file);
}

void canned_text(struct canned *c, const char *prefix, int status, const char *type,
                 const char *body)
{
    struct rule *r = add_rule(c, prefix);
    r->status = status;
    r->type = mem_dup(type);
    r->text = mem_dup(body);
}

void canned_websocket(struct canned *c, const char *prefix,
                      void (*open)(void *context, struct canned_socket *s), void *context)
{
    struct rule *r = add_rule(c, prefix);
    r->open = open;
    r->context = context;
}

void canned_frame(struct canned_socket *s, int opcode, struct str payload)
{
    unsigned char head[10] = {(unsigned char)(0x80 | opcode), 127};
    size_t n = 2;
    if (payload.n < 126) {
        head[1] = (unsigned char)payload.n;
    } else if (payload.n < 65536) {
        head[1] = 126;
        head[n++] = (unsigned char)(payload.n >> 8);
        head[n++] = (unsigned char)payload.n;
    } else {
        for (int i = 7; i >= 0; i--)
            head[n++] = (unsigned char)((uint64_t)payload.n >> (8 * i));
    }
    buf_add(&s->out, head, n);
    buf_add(&s->out, payload.p, payload.n);
    loop_watch_events(s->watch, POLLIN | POLLOUT);
}

void canned_close_frame(struct canned_socket *s, int code, const char *reason)
{
    char *text = mem_printf("%c%c%s", (char)(code >> 8), (char)code, reason);
    canned_frame(s, 8, (struct str){text, 2 + strlen(reason)});
    free(text);
}

void canned_hang_up(struct canned_socket *s)
{
    s->close_when_sent = true;
    loop_watch_events(s->watch, POLLIN | POLLOUT);
}

void canned_on_frame(struct canned *c,
                     void (*frame)(void *context, struct canned_socket *s, int opcode,
                                   struct str payload),
                     void *context)
{
    c->frame = frame;
    c->frame_context = context;
}

const char *canned_frames_seen(const struct canned *c)
{
    return buf_text(&c->seen);
}

void canned_raw_once(struct canned *c, const char *bytes)
{
    free(c->raw);
    c->raw = mem_dup(bytes);
}

void canned_stop(struct canned *c)
{
    loop_unwatch(c->watch);
    c->watch = NULL;
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
    while (c->sockets)
        drop(c->sockets);
}

void canned_start(struct canned *c)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_port = htons((uint16_t)c->port),
                            .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t n = sizeof a;
    int one = 1;
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(c->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(c->fd, (struct sockaddr *)&a, n) || listen(c->fd, 64) ||
        getsockname(c->fd, (struct sockaddr *)&a, &n)) {
        perror("canned");
        exit(1);
    }
    c->port = ntohs(a.sin_port);
    snprintf(c->url, sizeof c->url, "http://127.0.0.1:%d", c->port);
    c->watch = loop_watch_fd(c->loop, c->fd, POLLIN, on_accept, c);
}

struct canned *canned_new(struct loop *l)
{
    struct canned *c = mem_alloc(sizeof *c);
    c->loop = l;
    c->last = mem_dup("");
    buf_init(&c->seen, 4096);
    canned_start(c);
    return c;
}

void canned_free(struct canned *c)
{
    canned_stop(c);
    for (size_t i = 0; i < c->rule_count; i++) {
        free(c->rules[i].prefix);
        free(c->rules[i].file);
        free(c->rules[i].text);
        free(c->rules[i].type);
    }
    buf_free(&c->seen);
    free(c->raw);
    free(c->last);
    free(c);
}

const char *canned_url(const struct canned *c)
{
    return c->url;
}

size_t canned_requests(const struct canned *c)
{
    return c->requests;
}

const char *canned_last(const struct canned *c)
{
    return c->last;
}
