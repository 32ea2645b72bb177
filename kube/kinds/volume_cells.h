/* The cells that persistent volumes and the claims on them share. */
#ifndef KUBE_VOLUME_CELLS_H
#define KUBE_VOLUME_CELLS_H

#include "model/object.h"

struct json;

/* "RWO,RWX": each mode once, in kubectl's order. */
void volume_cells_modes(struct object *row, size_t column, const struct json *modes);
/* The class: the annotation that came before the field, or spec.storageClassName. */
const char *volume_cells_class(const struct json *object);
/* "Filesystem", or kubectl's "<unset>". */
void volume_cells_mode(struct object *row, size_t column, const struct json *object);
/* The phase, or "Terminating". */
const char *volume_cells_phase(const struct object *row, const struct json *object);

#endif
