#pragma once
#include <stdbool.h>
#include <stddef.h>

/* What a connection says and waits for before it takes part:
       > text         sends the text
       < substring    waits for a message that holds it; others are passed over
       P text         the message to send later, with {mark} where the text belongs (once)
       = substring    what the answer to each message of P holds, which comes to its sender, in order
       B              what stands before it the others say; what follows, back ends: publishers with --apart, --control or --relay
       A              what follows, up to R, is for askers alone
       R              what follows is a turn, played again and again in the mode ask; in it
       ? text         sends the text, and the time until the next < is met counts
       # comment
   {i} is the connection's number, {l} the same in four letters, {r} that of who gets what it sends with --relay,
   {c} its channel's, {v} its value, its line of --values. In P, before {mark},
   {n} is a number of four digits, another one in each of ten thousand messages. */
enum step_kind { STEP_SEND, STEP_AWAIT, STEP_ASK };

struct step {
    enum step_kind kind;
    char *text;
};

struct script {
    struct step *steps;
    size_t count;
    size_t back_end;    /* where the steps of back ends begin; 0 where there are none apart */
    size_t preparation; /* where that of askers begins */
    size_t turn;        /* where the turn begins; both are `count` where there is none */
    bool has_preparation, has_turn;
    const char *payload; /* NULL: the script has none */
    const char *answer;  /* NULL: messages come back themselves, or go to others */
};

/* Ends the program if a line is not understood. */
struct script script_read(const char *path);
