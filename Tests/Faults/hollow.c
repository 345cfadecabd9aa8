/* Tables with holes: NOTHING gives none, SHORT one that is cut, MISNAMED one of another name, LISTS counts
 * options and migrations that are not there. */
#include <patchbay.h>
#include <stdlib.h>

#pragma GCC diagnostic ignored "-Woverride-init"

PB_NOTE("Puppet");

static void *create(const pb_host *host, const pb_setup *setup) { return (void)host, (void)setup, malloc(1); }

const pb_plugin *patchbay_plugin(void) {
    static const pb_plugin table = {
        .size = sizeof table, .abi_major = PB_ABI_MAJOR, .name = "Puppet", .create = create, .destroy = free,
#ifdef SHORT
        .size = 8,
#endif
#ifdef MISNAMED
        .name = "Other",
#endif
#ifdef LISTS
        .option_count = 3, .migration_count = 0,
#endif
#ifdef WITHOUT_CREATE
        .create = NULL,
#endif
    };
#ifdef NOTHING
    return (void)table, NULL;
#endif
    return &table;
}
