/*
 * libmicrohttpd's functions, loaded when the first server is wanted: with it GnuTLS is set up, a
 * megabyte of a board that serves nobody.
 */
#ifndef NET_SERVER_MHD_H
#define NET_SERVER_MHD_H

#include <microhttpd.h>
#include <stddef.h>

struct server_mhd {
#define CALL(name) __typeof__(MHD_##name) *name;
#include "net/server_mhd.def"
#undef CALL
};

/* NULL where it is not installed. */
const struct server_mhd *server_mhd(void);

#endif
