/* A note and nothing behind it. */
#include <patchbay.h>

PB_NOTE("Puppet");

int no_entry(void) { return 1; }
