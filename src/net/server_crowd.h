/* The connections of a server, so that those who hold them without asking, or read their answer by the drop,
 * never shut the others out: where it becomes crowded, the oldest of them is cut. */
#ifndef NET_SERVER_CROWD_H
#define NET_SERVER_CROWD_H

#include <stddef.h>

struct server_crowd;
struct server_crowd_member; /* a connection */

/* Above `most` connections, or `bytes` of answers on their way, one is cut. A request that is being worked on
 * never is, nor an answer that is alone too large. */
struct server_crowd *server_crowd_new(size_t most, size_t bytes);
void server_crowd_free(struct server_crowd *c); /* all have left */

/* A connection has come. fd stays the server's: it is cut by shutdown(2), and leaves as one that was hung up. */
struct server_crowd_member *server_crowd_join(struct server_crowd *c, int fd);
void server_crowd_leave(struct server_crowd *c, struct server_crowd_member *m);

/* What it does from now on. At first it waits: a request that has not come whole is none. */
void server_crowd_wait(struct server_crowd *c, struct server_crowd_member *m);
void server_crowd_work(struct server_crowd *c, struct server_crowd_member *m);
void server_crowd_send(struct server_crowd *c, struct server_crowd_member *m, size_t bytes);

#endif
