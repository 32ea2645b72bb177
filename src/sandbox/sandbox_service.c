#include "sandbox/sandbox_service.h"

const char *sandbox_service_name(enum sandbox_service service)
{
    static const char *const names[] = {
#define SERVICE(id, name) name,
#include "sandbox/sandbox_service.def"
#undef SERVICE
    };
    return names[service];
}
