#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sandbox/s3/s3d_internal.h"

static size_t weight(const struct s3d_object *o)
{
    return S3D_OVERHEAD + strlen(o->key) + o->size;
}

void s3d_bucket_free_headers(char **headers)
{
    for (char **h = headers; h && *h; h++)
        free(*h);
    free(headers);
}

static void free_object(struct s3d_object *o)
{
    s3d_bucket_free_headers(o->headers);
    free(o->key);
    free(o->body);
    free(o->type);
    free(o);
}

void s3d_bucket_free_upload(struct s3d_upload *u)
{
    for (size_t i = 0; i < u->count; i++)
        free(u->parts[i].body);
    s3d_bucket_free_headers(u->headers);
    free(u->parts);
    free(u->key);
    free(u->type);
    free(u);
}

void s3d_bucket_free(struct s3d_bucket *b)
{
    for (size_t i = 0; i < b->count; i++)
        free_object(b->objects[i]);
    for (size_t i = 0; i < b->upload_count; i++)
        s3d_bucket_free_upload(b->uploads[i]);
    free(b->objects);
    free(b->uploads);
}

size_t s3d_bucket_seek(const struct s3d_bucket *b, const char *key)
{
    size_t low = 0, high = b->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(b->objects[middle]->key, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct s3d_object *s3d_bucket_find(const struct s3d_bucket *b, const char *key)
{
    size_t at = s3d_bucket_seek(b, key);
    return at < b->count && strcmp(b->objects[at]->key, key) == 0 ? b->objects[at] : NULL;
}

bool s3d_bucket_room(const struct s3d *d, size_t more, size_t instead)
{
    return more <= S3D_BYTES_MAX && d->bytes - instead <= S3D_BYTES_MAX - more;
}

bool s3d_bucket_put(struct s3d *d, struct s3d_bucket *b, struct s3d_object *o)
{
    size_t at = s3d_bucket_seek(b, o->key);
    struct s3d_object *old = s3d_bucket_find(b, o->key);
    size_t instead = old ? weight(old) : 0;
    if (!s3d_bucket_room(d, weight(o), instead)) {
        free_object(o);
        return false;
    }
    d->bytes += weight(o) - instead;
    if (old) {
        free_object(old);
    } else {
        mem_grow(&b->objects, &b->cap, b->count + 1, sizeof *b->objects);
        memmove(b->objects + at + 1, b->objects + at, (b->count++ - at) * sizeof *b->objects);
    }
    b->objects[at] = o;
    return true;
}

void s3d_bucket_remove(struct s3d *d, struct s3d_bucket *b, const char *key)
{
    size_t at = s3d_bucket_seek(b, key);
    if (at == b->count || strcmp(b->objects[at]->key, key) != 0)
        return;
    d->bytes -= weight(b->objects[at]);
    free_object(b->objects[at]);
    memmove(b->objects + at, b->objects + at + 1, (--b->count - at) * sizeof *b->objects);
}
