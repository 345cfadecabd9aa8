#pragma once
#include "load.h"

/* Prints the run's result as one line of JSON on standard output. */
void report(const struct load *load);
