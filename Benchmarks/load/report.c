#include "report.h"

#include "instant.h"

#include <stdio.h>

static double quotient(double value, double by) {
    return by > 0 ? value / by : 0;
}

static void print_text(const char *name, const char *text) {
    printf("\"%s\":\"", name);
    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte == '"' || byte == '\\') printf("\\%c", byte);
        else if (byte < 0x20 || byte >= 0x7f) printf("\\u%04x", byte);
        else putchar(byte);
    }
    printf("\",");
}

static void print_number(const char *name, double value) {
    printf("\"%s\":%.10g,", name, value);
}

static void print_messages(const struct load *load, double seconds) {
    const struct counts *counts = &load->counts;
    print_number("messages", (double)counts->measured);
    print_number("messages_per_second", quotient((double)counts->measured, seconds));
    print_number("p50_us", histogram_quantile(&load->latencies, 0.5));
    print_number("p99_us", histogram_quantile(&load->latencies, 0.99));
    print_number("longest_us", (double)load->latencies.longest / 1000);
    print_number("p50_last_us", histogram_quantile(&load->completions, 0.5));
    print_number("p99_last_us", histogram_quantile(&load->completions, 0.99));
    print_number("bytes_per_message", quotient((double)counts->bytes, (double)counts->timed));
    print_number("received", (double)counts->received);
    print_number("lost", (double)(counts->expected - counts->received));
    print_number("repeated", (double)counts->repeated);
    print_number("reordered", (double)counts->reordered);
    print_number("altered", (double)counts->altered);
    print_number("others", (double)counts->others);
    print_number("packed_share", quotient((double)counts->packed, (double)counts->unpacked));
}

/* What was busy in the measured time, in cores. */
static void print_cost(const struct load *load, double seconds) {
    const struct measurement *begin = &load->begin, *end = &load->end;
    double window = seconds * (double)SECOND;
    double server = (double)(end->server - begin->server), own = (double)(end->load - begin->load);
    double user = (double)(end->server_user - begin->server_user);
    double system = (double)(end->server_system - begin->server_system);
    double other = (double)(end->machine - begin->machine) - server - own;
    double messages = (double)load->counts.measured;
    print_number("server_us_per_message", quotient(server / 1000, messages));
    print_number("server_user_share", quotient(user, user + system));
    double segments = (double)(end->segments - begin->segments);
    double segments_with_data = (double)(end->segments_with_data - begin->segments_with_data);
    print_number("segments_per_message", quotient(segments, messages));
    print_number("empty_segments_per_message", quotient(segments > segments_with_data ? segments - segments_with_data : 0, messages));
    print_number("load_us_per_message", quotient(own / 1000, messages));
    print_number("server_busy", quotient(server, window));
    print_number("load_busy", quotient(own, window));
    print_number("other_busy", other > 0 && load->options.process_count > 0 ? quotient(other, window) : 0);
    print_number("stolen", quotient((double)(end->stolen - begin->stolen), window));
}

static void print_memory(const struct load *load) {
    double grown = (double)load->memory_open - (double)load->memory_before;
    print_number("memory_before", (double)load->memory_before);
    print_number("memory_open", (double)load->memory_open);
    print_number("memory_after", (double)load->memory_after);
    print_number("memory_per_connection", quotient(grown, load->options.connections));
}

void report(const struct load *load) {
    const struct options *options = &load->options;
    double seconds = (double)(load->end.instant - load->begin.instant) / (double)SECOND;
    double opening = load->opening_end ? (double)(load->opening_end - load->start) / (double)SECOND : 0;
    putchar('{');
    print_text("mode", mode_name(options->mode));
    print_number("connections", options->connections);
    print_number("size", (double)options->size);
    print_number("opening_seconds", opening);
    print_number("seconds", seconds);
    print_messages(load, seconds);
    print_cost(load, seconds);
    print_memory(load);
    print_text("failure", load->failure.text);
    printf("\"good\":%s}\n", load->failure.count == 0 ? "true" : "false");
}
