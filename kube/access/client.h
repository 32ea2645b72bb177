/* A client of one API server: target, login, and errors in the server's own words. */
#ifndef KUBE_CLIENT_H
#define KUBE_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "kube/access/kubeconfig.h"
#include "net/http.h"

struct client;
struct client_request;
struct json;

enum client_login {
    CLIENT_READY,   /* requests go out at once */
    CLIENT_PENDING, /* no credentials yet: a plugin runs, or will at the first request */
    CLIENT_FAILED,  /* the last login failed; the next request tries again */
};

/* Copies the context. No request is made and no plugin is run before the first client_send. */
struct client *client_new(struct http *h, const struct kubeconfig_context *c);
void client_free(struct client *c); /* what waits or runs is cancelled without callbacks. After its
                                       watches. NULL is allowed */

struct http *client_http(const struct client *c);
struct loop *client_loop(const struct client *c);
const struct kubeconfig_context *client_context(const struct client *c);
/* The namespace for who may not see all of them: the last one of which something was seen (it is told
 * here, and copied), else the context's. */
const char *client_home(const struct client *c);
void client_set_home(struct client *c, const char *ns);
/* The same server for others (service proxy, WebSocket): carries the credentials that the client
 * keeps fresh. */
struct http_target *client_target(const struct client *c);
/* err (may be NULL) gets the reason when CLIENT_FAILED. */
enum client_login client_login(const struct client *c, struct err *err);

/* The server's wall clock, by the Date of its answers (net/server_clock.h), and how much it is ahead
 * of ours, ns. */
int64_t client_now(const struct client *c);
int64_t client_clock_offset(const struct client *c);
/* The failure of a server from which nothing comes: ERR_AWAY; `what` in words. */
void client_silent_err(const struct client *c, const char *what, struct err *err);
/* The login before a request that others send to this server: renews what is due, and begins what is
 * needed. PENDING: client_probe tells the end of it. err (may be NULL) gets the reason when FAILED. */
enum client_login client_prepare(struct client *c, struct err *err);
/* The terminal for logins that ask (exec_plugin_lend). */
struct exec_plugin_terminal;
void client_lend(struct client *c, const struct exec_plugin_terminal *t);
/* Logs in now, with the terminal; false when this user's login is no plugin's. What waits for a login
 * goes out after it. */
bool client_log_in(struct client *c);
/* The server refused the credentials (401) of a request that others sent: they are renewed before the
 * next one. */
void client_refused(struct client *c);

/*
 * http_send with the login before it: waits for credentials, adds User-Agent and, when the call has
 * none, Accept: application/json; after a 401 it renews the credentials once (plugin, token file)
 * and sends again, of which the callbacks see nothing. call->target is ignored. `done` gets errors
 * in the server's words (a Status' message as it is); err->where is the server's URL. A failed
 * login ends the call with that login's error. Callbacks never come from inside; in `head`, `chunk`
 * and `done` the http_request is the one under way (done: NULL when none was ever sent).
 */
struct client_request *client_send(struct client *c, const struct http_call *call);
void client_cancel(struct client_request *r); /* `done` is not called any more; NULL is allowed */

/* Asks whether the server still answers (GET /readyz): 403 and 404 are answers too. Askers at the
 * same time share one request, and an answer less than 5 s old. `done` never comes from inside;
 * cancelled by client_probe_forget. */
void client_probe(struct client *c, void (*done)(void *context, const struct err *err),
                  void *context);
void client_probe_forget(struct client *c, void *context);

/* Calls `back` once, never from inside, when the server has answered a request again, whoever sent it;
 * cancelled by client_await_forget. What it answers with does not count, but for 429 and 5xx. */
void client_await(struct client *c, void (*back)(void *context), void *context);
void client_await_forget(struct client *c, void *context);

/* Fills *err from a Status object (body of a failed request, object of an ERROR event); `status` is
 * the HTTP status, 0: the Status' own code. `place`: err->where. Text that is no Status counts as
 * the message. Returns false. */
bool client_status_err(struct err *err, const char *place, int status, struct str body);
/* The same from a parsed Status. */
bool client_status_json(struct err *err, const char *place, const struct json *status);

#endif
