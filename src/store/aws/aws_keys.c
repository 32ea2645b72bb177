#include "store/aws/aws_keys.h"

#include "base/mem.h"

void aws_keys_free_inner(struct aws_keys *k)
{
    mem_free_secret(k->id);
    mem_free_secret(k->secret);
    mem_free_secret(k->token);
    *k = (struct aws_keys){0};
}
