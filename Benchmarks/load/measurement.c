#include "measurement.h"

#include "instant.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Reads a file of /proc as text; empty if its process has ended. */
static void read_text(const char *path, char *text, size_t capacity) {
    ssize_t count = -1;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor >= 0) {
        count = read(descriptor, text, capacity - 1);
        close(descriptor);
    }
    text[count > 0 ? count : 0] = 0;
}

static uint64_t nanoseconds_of_ticks(uint64_t ticks) {
    return ticks * (SECOND / (uint64_t)sysconf(_SC_CLK_TCK));
}

/* The scheduler's own account of a thread: the first number of schedstat, in nanoseconds. */
static uint64_t thread_time(pid_t process, const char *thread) {
    char path[300], text[128];
    snprintf(path, sizeof path, "/proc/%d/task/%s/schedstat", process, thread);
    read_text(path, text, sizeof text);
    return strtoull(text, NULL, 10);
}

static uint64_t process_time(pid_t process) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task", process);
    DIR *threads = opendir(path);
    if (!threads) return 0;
    uint64_t sum = 0;
    for (struct dirent *entry; (entry = readdir(threads));) {
        if (isdigit((unsigned char)entry->d_name[0])) sum += thread_time(process, entry->d_name);
    }
    closedir(threads);
    return sum;
}

/* Fields 14 and 15 of /proc/PID/stat; the name before them may hold anything but ends with the last ')'. */
static void add_user_and_system(pid_t process, struct measurement *measurement) {
    char path[64], text[2048];
    snprintf(path, sizeof path, "/proc/%d/stat", process);
    read_text(path, text, sizeof text);
    char *fields = strrchr(text, ')');
    uint64_t user, system;
    static const char format[] = ") %*c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %" SCNu64 " %" SCNu64;
    if (!fields || sscanf(fields, format, &user, &system) != 2) return;
    measurement->server_user += nanoseconds_of_ticks(user);
    measurement->server_system += nanoseconds_of_ticks(system);
}

static void add_machine(struct measurement *measurement) {
    char text[256];
    read_text("/proc/stat", text, sizeof text);
    uint64_t user, nice, system, interrupt, soft_interrupt, stolen;
    if (sscanf(text, "cpu %" SCNu64 " %" SCNu64 " %" SCNu64 " %*s %*s %" SCNu64 " %" SCNu64 " %" SCNu64,
               &user, &nice, &system, &interrupt, &soft_interrupt, &stolen) != 6) return;
    measurement->machine = nanoseconds_of_ticks(user + nice + system + interrupt + soft_interrupt);
    measurement->stolen = nanoseconds_of_ticks(stolen);
}

/* A counter of the kernel: after each section's line of names comes one of numbers, in the same order. */
static uint64_t counter(const char *path, const char *section, const char *wanted) {
    static char text[16384];
    read_text(path, text, sizeof text);
    char *names = strstr(text, section), *numbers = names ? strstr(names + 1, section) : NULL;
    if (!numbers) return 0;
    numbers[-1] = 0;
    for (char *name = strsep(&names, " "); name; name = strsep(&names, " ")) {
        char *number = strsep(&numbers, " \n");
        if (number && strcmp(name, wanted) == 0) return strtoull(number, NULL, 10);
    }
    return 0;
}

static void add_segments(struct measurement *measurement) {
    measurement->segments = counter("/proc/net/snmp", "Tcp: ", "OutSegs");
    measurement->segments_with_data = counter("/proc/net/netstat", "TcpExt: ", "TCPOrigDataSent");
}

static uint64_t own_time(void) {
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (uint64_t)time.tv_sec * SECOND + (uint64_t)time.tv_nsec;
}

struct measurement measurement_take(const struct options *options) {
    struct measurement measurement = {.instant = instant_now(), .load = own_time()};
    for (size_t place = 0; place < options->process_count; place++) {
        measurement.server += process_time(options->processes[place]);
        add_user_and_system(options->processes[place], &measurement);
    }
    add_machine(&measurement);
    add_segments(&measurement);
    return measurement;
}

uint64_t resident_memory(const struct options *options) {
    uint64_t kibibytes = 0;
    for (size_t place = 0; place < options->process_count; place++) {
        char path[64], text[4096];
        snprintf(path, sizeof path, "/proc/%d/status", options->processes[place]);
        read_text(path, text, sizeof text);
        const char *line = strstr(text, "\nVmRSS:");
        if (line) kibibytes += strtoull(line + 7, NULL, 10);
    }
    return kibibytes * 1024;
}
