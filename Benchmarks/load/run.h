#pragma once
#include "load.h"

/* Takes a load from its first connection to its last message. Its result is in `counts` and `failure`. */
void run(struct load *load);
