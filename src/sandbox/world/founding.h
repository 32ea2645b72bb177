/* How the pretend cluster begins: its nodes, namespaces and workloads, the pods that simply run, and the play. */
#ifndef SANDBOX_FOUNDING_H
#define SANDBOX_FOUNDING_H

#include <stdint.h>

struct world;

/* A whole world, planned for two days; the caller frees it with world_free. The same seed (0: 1) and start (wall
 * ns: T of the play) give the same world. At least so many nodes and pods; 0: the small cluster. */
struct world *founding_world(uint64_t seed, int64_t start, int nodes, int pods);

#endif
