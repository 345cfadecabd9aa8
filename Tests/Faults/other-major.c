/* For another major of the interface: NOTE says so in its note, otherwise its table alone does. */
#include <patchbay.h>

#ifdef NOTE
#undef PB_ABI_MAJOR
#define PB_ABI_MAJOR 2
#endif
PB_NOTE("Puppet");

static void *create(const pb_host *host, const pb_setup *setup) { return (void)host, (void *)setup; }
static void destroy(void *service) { (void)service; }

const pb_plugin *patchbay_plugin(void) {
    static const pb_plugin table = {
        .size = sizeof table, .abi_major = 2, .name = "Puppet", .create = create, .destroy = destroy
    };
    return &table;
}
