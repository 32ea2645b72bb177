#include "base/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *checked(void *memory)
{
    if (!memory) {
        fputs("kubeboard: memory: there is none left\n", stderr);
        abort();
    }
    return memory;
}

void *mem_alloc(size_t size)
{
    return checked(calloc(1, size ? size : 1));
}

void *mem_array(size_t count, size_t size)
{
    return checked(calloc(count ? count : 1, size ? size : 1));
}

void *mem_resize(void *old, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        checked(NULL);
    size_t bytes = count * size;
    return checked(realloc(old, bytes ? bytes : 1));
}

char *mem_dup(const char *text)
{
    return text ? checked(strdup(text)) : NULL;
}

char *mem_dup_n(const char *bytes, size_t n)
{
    char *copy = mem_alloc(n + 1);
    if (n)
        memcpy(copy, bytes, n);
    return copy;
}

char *mem_printf(const char *fmt, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, fmt);
    int length = vasprintf(&text, fmt, args);
    va_end(args);
    return checked(length < 0 ? NULL : text);
}

void mem_grow(void *array_pointer, size_t *capacity, size_t need, size_t size)
{
    if (need <= *capacity)
        return;
    size_t wanted = *capacity ? *capacity + *capacity / 2 : 8;
    if (wanted < need)
        wanted = need;
    void *array;
    memcpy(&array, array_pointer, sizeof array);
    array = mem_resize(array, wanted, size);
    memcpy(array_pointer, &array, sizeof array);
    *capacity = wanted;
}

void mem_free_secret(char *text)
{
    if (!text)
        return;
    explicit_bzero(text, strlen(text));
    free(text);
}
