#pragma once
#include <stddef.h>
#include <stdint.h>

/* The web page of the chat, Docs/examples/gg-chat/index.html, as it was when this was built. Any thread. */

size_t gg_page_count(void);

/* One byte of it; `index` is below the count. One at a time, so that whoever reads it needs no pointer. */
uint8_t gg_page_byte(size_t index);
