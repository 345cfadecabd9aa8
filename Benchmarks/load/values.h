#pragma once
#include <stddef.h>
#include <stdint.h>

/* What each connection has to itself: the lines of a file. All zero is none. */
struct values {
    char **lines;
    size_t count;
};

/* Ends the program if the file cannot be read, or has fewer lines than that. */
struct values values_read(const char *path, uint32_t least);
/* The line, or an empty one. */
const char *value_of_line(const struct values *values, uint32_t line);
