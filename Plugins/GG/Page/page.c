#include "page.h"

static const uint8_t page[] = {
#embed "../../../Docs/examples/gg-chat/index.html"
};

size_t gg_page_count(void) { return sizeof page; }

uint8_t gg_page_byte(size_t index) { return page[index]; }
