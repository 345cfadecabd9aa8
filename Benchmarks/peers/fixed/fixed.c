/* Answers every POST with the same bytes, those of a file: what the host alone takes for an answer as long. */
#include <patchbay.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

PB_NOTE("Fixed");

#define TEXT(literal) ((pb_bytes){ (const uint8_t *)(literal), sizeof(literal) - 1 })

typedef struct fixed {
    const pb_host *host;
    uint8_t *answer;
    size_t count;
} fixed;

static void asked(void *service, const pb_request *request) {
    const fixed *self = service;
    self->host->respond(self->host->context, request->ticket, 200, NULL, 0, (pb_bytes){ self->answer, self->count });
}

static int read_answer(fixed *self, pb_bytes path) {
    char name[4096] = "";
    if (path.count >= sizeof name) return 0;
    memcpy(name, path.data, path.count);
    FILE *file = fopen(name, "rb");
    if (!file) return 0;
    fseek(file, 0, SEEK_END);
    long length = ftell(file);
    rewind(file);
    self->answer = malloc((size_t)length + 1);
    if (self->answer) self->count = fread(self->answer, 1, (size_t)length, file);
    fclose(file);
    return self->answer && self->count == (size_t)length;
}

static void destroy(void *service) {
    fixed *self = service;
    free(self->answer);
    free(self);
}

static void *create(const pb_host *host, const pb_setup *setup) {
    (void)setup;
    fixed *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->host = host;
    pb_value file;
    if (host->option(host->context, TEXT("file"), &file) == PB_OK && read_answer(self, file.bytes)
        && host->on_request(host->context, TEXT(""), TEXT("POST"), TEXT(""), asked, self) == PB_OK) return self;
    host->refuse(host->context, TEXT("the file cannot be read, or answered with"));
    destroy(self);
    return NULL;
}

const pb_plugin *patchbay_plugin(void) {
    static const pb_option options[] = { { .name = "file", .kind = PB_OPTION_TEXT, .required = 1, .meaning = "The answer" } };
    static const pb_plugin table = {
        .size = sizeof table, .abi_major = PB_ABI_MAJOR, .abi_minor = PB_ABI_MINOR,
        .name = "Fixed", .version = "1.0", .summary = "Answers with the bytes of a file",
        .options = options, .option_count = 1, .create = create, .destroy = destroy
    };
    return &table;
}
