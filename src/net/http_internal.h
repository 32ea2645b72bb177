/* What the files of the HTTP client share, from the top: http.c runs requests, http_socket.c hands
 * connections over, http_target.c holds credentials and options. Only these three include libcurl. */
#ifndef NET_HTTP_INTERNAL_H
#define NET_HTTP_INTERNAL_H

#include <curl/curl.h>

#include "net/http.h"

struct http {
    struct loop *loop;
    CURLM *multi;
    bool performing; /* inside libcurl: nothing may be added or removed */
    struct http_request *requests;
    struct http_socket *sockets;
    struct curl_waitfd *fds;
    size_t fds_cap;
};

/* Lists that libcurl does not copy: freed with the transfer. */
struct http_lists {
    struct curl_slist *headers, *connect_to;
};
void http_lists_free(struct http_lists *lists);

/* The options that every transfer of a target has: URL, TLS, proxy, agent, time to connect. False
 * when a secret file cannot be read. */
bool http_target_apply(struct http_target *t, CURL *easy, const char *path, bool with_auth,
                       struct http_lists *lists, struct err *err);
/* The Authorization line of a basic login (none: nothing), which libcurl would make itself in a
 * request of its own. */
bool http_target_basic(struct http_target *t, struct buf *out, struct err *err);
/* The door's answer for one that wants to go out; open without a door. */
enum http_door_answer http_target_ask(struct http_target *t, struct err *err);
/* Whether it is known how its server answers: a connection was made, or one could not be. Plain HTTP
 * is known from the start, as no connection of it is shared. */
bool http_target_is_met(const struct http_target *t);
void http_target_meet(struct http_target *t);
void http_target_answered(struct http_target *t, int status, struct str body, struct err *err);
struct http *http_target_user(const struct http_target *t);
/* Every socket of the target that waits at its door asks again. */
void http_socket_ask_again(struct http *h, const struct http_target *t);
void http_target_hold(struct http_target *t);
void http_target_drop(struct http_target *t);

/* What a transfer's end means: ERR_NONE for CURLE_OK. */
void http_curl_err(struct err *err, CURLcode code, const char *where, const char *detail);

/* Called by http.c: sockets that are to be added before the wait, and the end of a socket's
 * connecting. */
void http_socket_start_all(struct http *h);
void http_socket_connected(struct http_socket *s, CURLcode code);
void http_socket_sweep(struct http *h);

/* CURLOPT_PRIVATE of a handle: tells requests from sockets. */
struct http_tag {
    bool is_socket;
    void *owner;
};

#endif
