/* Listening TCP sockets. */
#ifndef NET_LISTEN_H
#define NET_LISTEN_H

#include "base/err.h"

/* A listening, non-blocking socket for "host:port" or "[v6]:port" (port 0: a free one); -1 and *err
 * (ERR_CONFIG or ERR_IO). A host name is looked up: that blocks. */
int listen_open(const char *address, struct err *err);

/* The port that a socket listens on, 0 when it has none. */
int listen_port(int fd);

#endif
