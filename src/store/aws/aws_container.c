/* The agent beside the container: EKS Pod Identity, ECS. Its answer is JSON.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html */
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "store/aws/aws_fetch.h"

static const char *url(const struct aws_settings *s)
{
    return s->container_url;
}

/* Over http only to this machine and to the agents' own addresses: keys would be readable on the
 * way. */
static bool host_ok(const char *u)
{
    static const char *const hosts[] = {"localhost",     "127.",           "[::1]",
                                        "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"};
    if (!strncmp(u, "https://", 8))
        return true;
    if (strncmp(u, "http://", 7) != 0)
        return false;
    const char *host = u + 7;
    size_t n = strcspn(host, "/?#");
    if (memchr(host, '@', n))
        return false;
    size_t bare = *host == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":/?#");
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        size_t len = strlen(hosts[i]);
        bool whole = hosts[i][len - 1] != '.';
        if (!strncmp(host, hosts[i], len) &&
            (whole ? bare == len : strspn(host, "0123456789.") == bare))
            return true;
    }
    return false;
}

static bool ask(struct aws_fetch *f, struct err *err)
{
    const struct aws_settings *s = f->settings;
    if (!host_ok(s->container_url))
        return err_set(err, ERR_CONFIG, "AWS_CONTAINER_CREDENTIALS_FULL_URI", "use https",
                       "'%.100s' is neither https nor this machine's agent", s->container_url);
    char *token = s->container_token_file ? file_read_secret(s->container_token_file, err)
                                          : mem_dup(s->container_token);
    if (!token && s->container_token_file)
        return false;
    if (token && strpbrk(token, "\r\n")) {
        mem_free_secret(token);
        return err_set(err, ERR_CONFIG, "AWS_CONTAINER_AUTHORIZATION_TOKEN", "",
                       "the token has a line break");
    }
    char *header = token ? mem_printf("Authorization: %s", token) : NULL;
    aws_fetch_send(f, "GET", "", (const char *const[]){header, NULL}, (struct str){NULL, 0}, NULL);
    mem_free_secret(header);
    mem_free_secret(token);
    return true;
}

static void explain(struct aws_fetch *f, int status, struct str body, struct err *err)
{
    (void)f;
    (void)body;
    if (status >= 400 && status < 500)
        str_copy(err->mend, sizeof err->mend,
                 "is the service account associated with a role (aws eks "
                 "list-pod-identity-associations)?");
}

const struct aws_fetch_source aws_container_source = {.tries = 3,
                                                      .timeout_ms = 5000,
                                                      .no_proxy = true,
                                                      .url = url,
                                                      .ask = ask,
                                                      .take = aws_fetch_take_json,
                                                      .explain = explain};
