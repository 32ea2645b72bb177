/* All panes by name. It stands above them; pane.c, beneath them, is what they share. */
#include "ui/pane.h"

#include <string.h>

#define PANE(symbol) extern const struct pane_ops symbol;
#include "ui/panes/panes.def"
#undef PANE

const struct pane_ops *const pane_table[] = {
#define PANE(symbol) &symbol,
#include "ui/panes/panes.def"
#undef PANE
};
const size_t pane_count = sizeof pane_table / sizeof *pane_table;

const struct pane_ops *pane_find(const char *name)
{
    for (size_t i = 0; i < pane_count; i++)
        if (strcmp(pane_table[i]->name, name) == 0)
            return pane_table[i];
    return NULL;
}
