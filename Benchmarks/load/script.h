#pragma once
#include <stddef.h>

/* What a connection says and waits for before it takes part:
       > text         sends the text
       < substring    waits for a message that holds it; others are passed over
       P text         the message to send later, with {mark} where the text belongs (once)
       # comment
   {i} is the connection's number, {c} its channel's. */
enum step_kind { STEP_SEND, STEP_AWAIT };

struct step {
    enum step_kind kind;
    char *text;
};

struct script {
    struct step *steps;
    size_t count;
    const char *payload; /* NULL: the script has none */
};

/* Ends the program if a line is not understood. */
struct script script_read(const char *path);
