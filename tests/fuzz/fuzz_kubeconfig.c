#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kube/access/kubeconfig.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err;
    char path[64];
    int fd = memfd_create("kubeconfig", 0);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    struct kubeconfig *k = kubeconfig_load(path, &err);
    must(k || err.what[0]);
    for (size_t i = 0; k && i < kubeconfig_count(k); i++)
        kubeconfig_context_free(kubeconfig_resolve(path, kubeconfig_name(k, i), &err));
    kubeconfig_free(k);
    close(fd);
    return 0;
}
