/* `kubeboard sandbox`: the pretend cluster alone, until it is told to stop. */
#include "sandbox/sandbox.h"

#include "cmd/cmd.h"
#include "cmd/output.h"
#include "cmd/wire.h"
#include "net/http.h"
#include "net/loop.h"

static void print_urls(const struct sandbox *s, const char *dir)
{
    for (int i = 0; i < SANDBOX_SERVICES; i++) {
        output_text(sandbox_service_name((enum sandbox_service)i));
        output_text(" ");
        output_text(sandbox_url(s, (enum sandbox_service)i));
        output_text("\n");
    }
    if (!dir)
        return;
    output_text("configuration ");
    output_safe(str_of(dir));
    output_text("/config.yaml\n");
}

int cmd_sandbox(const struct options *o)
{
    struct wire w = {.loop = loop_new()};
    struct err err = {0};
    /* kubectl sends no token over plain http: without one everybody is the admin. */
    struct sandbox_conf conf = {.faults = o->faults, .anonymous_admin = true};
    const char *dir = options_text(o, OPTION_CONFIG_OUT, NULL);
    w.http = http_new(w.loop);
    wire_catch_signals(&w);
    struct sandbox *s = sandbox_new(w.loop, &conf, &err);
    if (s && (!dir || sandbox_write_config(s, dir, SANDBOX_STORE_S3, &err))) {
        print_urls(s, dir);
        wire_run(&w, &err);
        w.interrupted = false;
    }
    sandbox_free(s);
    return wire_end(&w, &err);
}
