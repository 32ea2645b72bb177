/* Memory that cannot fail: out of memory ends the program with one line, as no caller could do
 * better. */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

void *mem_alloc(size_t size);               /* zeroed; free() it */
void *mem_array(size_t count, size_t size); /* zeroed; count × size checked for overflow */
void *mem_resize(void *old, size_t count, size_t size); /* realloc; new bytes are not zeroed */
char *mem_dup(const char *text);                        /* NULL gives NULL */
char *mem_dup_n(const char *bytes, size_t n);           /* a NUL is put behind the n bytes */
char *mem_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Grows *array (elements of `size` bytes, *capacity of them) so that `need` fit; capacity
 * grows by half at least. */
void mem_grow(void *array_pointer, size_t *capacity, size_t need, size_t size);

/* Overwrites before freeing: for credentials. NULL is allowed. */
void mem_free_secret(char *text);

#endif
