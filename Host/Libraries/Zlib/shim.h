#pragma once
/* Input is const. */
#define ZLIB_CONST
#include <zlib.h>
