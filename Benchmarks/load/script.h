#pragma once
#include <stdbool.h>
#include <stddef.h>

/* What a connection says and waits for before it takes part:
       > text         sends the text
       < substring    waits for a message that holds it; others are passed over
       P text         the message to send later, with {mark} where the text belongs (once)
       A              what follows, up to R, is for askers alone
       R              what follows is a turn, played again and again in the mode ask; in it
       ? text         sends the text, and the time until the next < is met counts
       # comment
   {i} is the connection's number, {c} its channel's. */
enum step_kind { STEP_SEND, STEP_AWAIT, STEP_ASK };

struct step {
    enum step_kind kind;
    char *text;
};

struct script {
    struct step *steps;
    size_t count;
    size_t preparation; /* where that of askers begins */
    size_t turn;        /* where the turn begins; both are `count` where there is none */
    bool has_preparation, has_turn;
    const char *payload; /* NULL: the script has none */
};

/* Ends the program if a line is not understood. */
struct script script_read(const char *path);
