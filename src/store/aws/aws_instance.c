/* IMDSv2 of an EC2 instance: a token, the role's name, its keys.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html
 */

#include "base/mem.h"
#include "net/conn.h"
#include "store/aws/aws_fetch.h"

#define ROLES "/latest/meta-data/iam/security-credentials/"

enum { STEP_TOKEN, STEP_ROLE, STEP_KEYS };

static const char *url(const struct aws_settings *s)
{
    return s->metadata_url;
}

static bool ask(struct aws_fetch *f, struct err *err)
{
    struct str none = {NULL, 0};
    (void)err;
    if (f->step == STEP_TOKEN) {
        aws_fetch_send(f, "PUT", "/latest/api/token",
                       (const char *const[]){"X-aws-ec2-metadata-token-ttl-seconds: 21600", NULL},
                       none, NULL);
        return true;
    }
    char *header = mem_printf("X-aws-ec2-metadata-token: %s", buf_text(&f->state));
    struct buf path;
    buf_init(&path, 8192);
    buf_adds(&path, ROLES);
    if (f->step == STEP_KEYS)
        conn_escape(&path, buf_text(&f->more), f->more.n, false);
    aws_fetch_send(f, "GET", buf_text(&path), (const char *const[]){header, NULL}, none, NULL);
    mem_free_secret(header);
    buf_free(&path);
    return true;
}

/* One word, as a header and a path may carry it. */
static bool take_word(struct buf *to, struct str body, const char *what, struct err *err)
{
    struct str line;
    buf_clear(to);
    body = str_trim(body);
    str_cut(&body, '\n', &line);
    for (size_t i = 0; i < line.n; i++)
        if ((unsigned char)line.p[i] <= ' ' || (unsigned char)line.p[i] >= 0x7f)
            line.n = 0;
    if (!line.n || line.n > 1024)
        return err_set(err, ERR_PROTOCOL, "instance metadata", "", "the answer is no %s", what);
    return buf_add(to, line.p, line.n);
}

static bool take(struct aws_fetch *f, struct str body, struct err *err)
{
    if (f->step == STEP_KEYS)
        return aws_fetch_take_json(f, body, err);
    bool token = f->step == STEP_TOKEN;
    if (take_word(token ? &f->state : &f->more, body, token ? "token" : "role", err))
        f->step++;
    return false;
}

static void explain(struct aws_fetch *f, int status, struct str body, struct err *err)
{
    (void)body;
    if (!status)
        str_copy(err->mend, sizeof err->mend,
                 "not on EC2? set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or a profile; in a "
                 "pod: give it a role, or the instance a hop limit of 2");
    else if (status == 404 && f->step != STEP_TOKEN)
        str_copy(err->mend, sizeof err->mend, "the instance has no role: attach one");
}

const struct aws_fetch_source aws_instance_source = {.tries = 2,
                                                     .timeout_ms = 1000,
                                                     .no_proxy = true,
                                                     .url = url,
                                                     .ask = ask,
                                                     .take = take,
                                                     .explain = explain};
