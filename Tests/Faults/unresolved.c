/* Needs what nobody has: the loader refuses it. */
#include <patchbay.h>

PB_NOTE("Puppet");

extern int nobody_has_this(void);

const pb_plugin *patchbay_plugin(void) { return nobody_has_this() ? (const pb_plugin *)0 : (const pb_plugin *)1; }
