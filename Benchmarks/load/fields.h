#pragma once

/* The value of a header field in a head that ends with a zero byte, up to the end of its line and beyond; or NULL. */
const char *field_value(const char *head, const char *name);
