/* What SQLite alone takes for the rows that Fire keeps: the same tables, settings and statement, as many rows in a
   transaction.

       rows STORE ROWS-A-COMMIT CHANNELS STATE-LENGTH WARMUP SECONDS

   Prints a report as `load` does. A commit's duration stands where the latency of a message does. */
#include "../load/histogram.h"
#include "../load/instant.h"
#include "../load/measurement.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STATE_LIMIT = 4096, SCATTERING = 7919 };

static const char upsert[] =
    "INSERT INTO states (space, channel, user_id, data, expires) VALUES ($1, $2, $3, $4, $5) "
    "ON CONFLICT (space, channel, user_id) DO UPDATE SET data = excluded.data, expires = excluded.expires";

static sqlite3 *store;
static sqlite3_stmt *begin_statement, *upsert_statement, *commit_statement;

static void check(int result, int expected) {
    if (result == expected) return;
    fprintf(stderr, "%s\n", sqlite3_errmsg(store));
    exit(1);
}

static sqlite3_stmt *prepare(const char *sql) {
    sqlite3_stmt *statement;
    check(sqlite3_prepare_v3(store, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL), SQLITE_OK);
    return statement;
}

static void run(sqlite3_stmt *statement) {
    check(sqlite3_step(statement), SQLITE_DONE);
    check(sqlite3_reset(statement), SQLITE_OK);
}

static void open_store(const char *path) {
    check(sqlite3_open_v2(path, &store, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL), SQLITE_OK);
    check(sqlite3_exec(store,
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
        "PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY", NULL, NULL, NULL), SQLITE_OK);
    begin_statement = prepare("BEGIN IMMEDIATE");
    upsert_statement = prepare(upsert);
    commit_statement = prepare("COMMIT");
}

/* Another state in each turn, of another channel. */
static void keep(uint64_t sequence, uint64_t channels, int length) {
    char channel[16], state[STATE_LIMIT + 1];
    int channel_length =
        snprintf(channel, sizeof channel, "c%04llu", (unsigned long long)(sequence * SCATTERING % channels));
    int used = snprintf(state, sizeof state, "\"%020llu", (unsigned long long)sequence);
    memset(state + used, 'x', (size_t)(length - used));
    state[length - 1] = '"';
    sqlite3_bind_int64(upsert_statement, 1, 1);
    sqlite3_bind_text(upsert_statement, 2, channel, channel_length, SQLITE_STATIC);
    sqlite3_bind_text(upsert_statement, 3, "", 0, SQLITE_STATIC);
    sqlite3_bind_text(upsert_statement, 4, state, length, SQLITE_STATIC);
    sqlite3_bind_int64(upsert_statement, 5, 0);
    run(upsert_statement);
}

static void report(const struct measurement *begin, const struct measurement *end, uint64_t rows,
                   const struct histogram *commits, long rows_per_commit, int length) {
    double window = (double)(end->instant - begin->instant), own = (double)(end->server - begin->server);
    double user = (double)(end->server_user - begin->server_user);
    double system = (double)(end->server_system - begin->server_system);
    double other = (double)(end->machine - begin->machine) - own;
    printf("{\"mode\":\"rows\",\"messages\":%llu,\"messages_per_second\":%.1f,", (unsigned long long)rows,
           (double)rows * (double)SECOND / window);
    printf("\"p50_us\":%.1f,\"p99_us\":%.1f,\"bytes_per_message\":%d,\"rows_per_commit\":%ld,",
           histogram_quantile(commits, 0.5), histogram_quantile(commits, 0.99), length, rows_per_commit);
    printf("\"server_us_per_message\":%.4f,\"server_user_share\":%.4f,\"server_busy\":%.4f,\"load_busy\":0,",
           own / 1000 / (double)rows, user / (user + system > 0 ? user + system : 1), own / window);
    printf("\"other_busy\":%.4f,\"stolen\":%.4f,\"failure\":\"\",\"good\":true}\n", other > 0 ? other / window : 0,
           (double)(end->stolen - begin->stolen) / window);
}

int main(int count, char **words) {
    if (count != 7) {
        fprintf(stderr, "rows STORE ROWS-A-COMMIT CHANNELS STATE-LENGTH WARMUP SECONDS\n");
        return 1;
    }
    long rows_per_commit = atol(words[2]), channels = atol(words[3]);
    int length = atoi(words[4]);
    if (rows_per_commit < 1 || channels < 1 || length < 22 || length > STATE_LIMIT) {
        fprintf(stderr, "rows: at least a row and a channel, and states of 22 to %d bytes\n", STATE_LIMIT);
        return 1;
    }
    open_store(words[1]);
    static struct histogram commits;
    struct options options = {.processes = {getpid()}, .process_count = 1};
    struct measurement begin = {0};
    uint64_t sequence = 0, first = 0, now = instant_now();
    uint64_t start = instant_after(now, atof(words[5])), stop = instant_after(start, atof(words[6]));
    while (now < stop) {
        if (begin.instant == 0 && now >= start) {
            begin = measurement_take(&options);
            first = sequence;
        }
        run(begin_statement);
        for (long row = 0; row < rows_per_commit; row++) keep(sequence++, (uint64_t)channels, length);
        run(commit_statement);
        uint64_t end = instant_now();
        if (begin.instant > 0) histogram_add(&commits, end - now);
        now = end;
    }
    struct measurement end = measurement_take(&options);
    report(&begin, &end, sequence - first, &commits, rows_per_commit, length);
}
