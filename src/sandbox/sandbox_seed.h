/* Objects that are there from the start though nobody plans them: config maps, service accounts,
 * budgets. */
#ifndef SANDBOX_SANDBOX_SEED_H
#define SANDBOX_SANDBOX_SEED_H

struct shelf;

void sandbox_seed_objects(struct shelf *s);

#endif
