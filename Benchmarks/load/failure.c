#include "failure.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void failure_note(struct failure *failure, enum exit_code code, const char *format, ...) {
    if (failure->count++ > 0) return;
    failure->code = code;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(failure->text, sizeof failure->text, format, arguments);
    va_end(arguments);
}

void fatal(enum exit_code code, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("load: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(code);
}
