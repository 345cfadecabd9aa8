#pragma once
#include <stdint.h>

/* How the program ends. */
enum exit_code {
    EXIT_GOOD = 0,
    EXIT_USAGE = 1,      /* an option, a script line, or memory */
    EXIT_CONNECTION = 2, /* refused, closed, or against the transport's rules */
    EXIT_JOINING = 3,    /* the script waited in vain */
    EXIT_CONTENT = 4,    /* a message lost, repeated, out of order or altered */
    EXIT_TIME = 5,       /* the whole run took longer than it can */
};

/* What went wrong in a run: the first thing in words, the others as a number. */
struct failure {
    enum exit_code code;
    uint64_t count;
    char text[240];
};

__attribute__((format(printf, 3, 4)))
void failure_note(struct failure *failure, enum exit_code code, const char *format, ...);

/* Says why on standard error and exits. For what is wrong before a run has begun. */
__attribute__((noreturn, format(printf, 2, 3)))
void fatal(enum exit_code code, const char *format, ...);
