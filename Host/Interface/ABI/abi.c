#include <patchbay.h>

/* The shape of 1.0 on the machines we build for: a change here breaks every plugin in the field. */
#if UINTPTR_MAX == UINT64_MAX
_Static_assert(sizeof(pb_bytes) == 16, "pb_bytes changed shape");
_Static_assert(sizeof(pb_message) == 56, "pb_message changed shape");
_Static_assert(sizeof(pb_value) == 40, "pb_value changed shape");
_Static_assert(sizeof(pb_named) == 56, "pb_named changed shape");
_Static_assert(offsetof(pb_grammar, login_code) == 56, "pb_grammar 1.0 changed shape");
_Static_assert(sizeof(pb_message_type) == 64, "pb_message_type changed shape");
_Static_assert(sizeof(pb_option) == 56, "pb_option changed shape");
_Static_assert(offsetof(pb_setup, is_exposed) == 48, "pb_setup 1.0 changed shape");
_Static_assert(offsetof(pb_framing, maximum) == 32, "pb_framing 1.1 changed shape");
_Static_assert(offsetof(pb_secrets, seal) == 56, "pb_secrets 1.0 changed shape");
_Static_assert(offsetof(pb_host, capability) == 328, "pb_host 1.0 changed shape");
_Static_assert(offsetof(pb_plugin, destroy) == 88, "pb_plugin 1.0 changed shape");
#endif
