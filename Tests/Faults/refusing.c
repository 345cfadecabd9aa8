/* Its create answers NULL, with REASON or without one. */
#include <patchbay.h>

PB_NOTE("Puppet");

static void *create(const pb_host *host, const pb_setup *setup) {
    (void)host, (void)setup;
#ifdef REASON
    host->refuse(host->context, (pb_bytes){ (const uint8_t *)REASON, sizeof REASON - 1 });
#endif
    return NULL;
}

static void destroy(void *service) { (void)service; }

const pb_plugin *patchbay_plugin(void) {
    static const pb_plugin table = {
        .size = sizeof table, .abi_major = PB_ABI_MAJOR, .name = "Puppet", .create = create, .destroy = destroy
    };
    return &table;
}
