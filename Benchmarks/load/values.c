#include "values.h"

#include "failure.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct values values_read(const char *path, uint32_t least) {
    FILE *file = fopen(path, "r");
    if (!file) fatal(EXIT_USAGE, "%s: %s; name a file that can be read", path, strerror(errno));
    struct values values = {.lines = calloc(least, sizeof *values.lines)};
    if (!values.lines) fatal(EXIT_USAGE, "out of memory; use fewer connections");
    size_t capacity = 0;
    while (values.count < least && getline(&values.lines[values.count], &capacity, file) >= 0) {
        char *line = values.lines[values.count++];
        line[strcspn(line, "\r\n")] = 0;
        capacity = 0;
    }
    fclose(file);
    if (values.count < least) {
        fatal(EXIT_USAGE, "%s: %zu lines for %u connections", path, values.count, least);
    }
    return values;
}

const char *value_of_line(const struct values *values, uint32_t line) {
    return line < values->count ? values->lines[line] : "";
}
