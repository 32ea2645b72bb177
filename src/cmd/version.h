/* What --version prints. */
#ifndef CMD_VERSION_H
#define CMD_VERSION_H

#include "base/buf.h"

void version_text(struct buf *out);

#endif
