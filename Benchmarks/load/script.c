#include "script.h"

#include "failure.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum step_kind kind_of(char sign) {
    switch (sign) {
    case '>': return STEP_SEND;
    case '?': return STEP_ASK;
    default: return STEP_AWAIT;
    }
}

static void add_line(struct script *script, const char *path, unsigned number, const char *line) {
    if (line[0] == 0 || line[0] == '#') return;
    if (strcmp(line, "B") == 0) {
        script->back_end = script->count;
        return;
    }
    if (strcmp(line, "A") == 0) {
        script->preparation = script->count;
        script->has_preparation = true;
        return;
    }
    if (strcmp(line, "R") == 0) {
        script->turn = script->count;
        script->has_turn = true;
        return;
    }
    if (line[1] != ' ' || !strchr("><?P=", line[0])) {
        fatal(EXIT_USAGE,
              "%s:%u: \"%s\" is no script line; begin it with > < ? P = B A R or #",
              path, number, line);
    }
    char *text = strdup(line + 2);
    if (line[0] == 'P') {
        if (script->payload) fatal(EXIT_USAGE, "%s:%u: a second payload; remove one", path, number);
        script->payload = text;
        return;
    }
    if (line[0] == '=') {
        script->answer = text;
        return;
    }
    script->steps = realloc(script->steps, (script->count + 1) * sizeof *script->steps);
    script->steps[script->count++] = (struct step){kind_of(line[0]), text};
}

struct script script_read(const char *path) {
    FILE *file = fopen(path, "r");
    if (!file) fatal(EXIT_USAGE, "%s: %s; name a script that can be read", path, strerror(errno));
    struct script script = {0};
    char *line = NULL;
    size_t capacity = 0;
    for (unsigned number = 1; getline(&line, &capacity, file) >= 0; number++) {
        line[strcspn(line, "\r\n")] = 0;
        add_line(&script, path, number, line);
    }
    free(line);
    fclose(file);
    if (!script.has_turn) script.turn = script.count;
    if (!script.has_preparation) script.preparation = script.turn;
    return script;
}
