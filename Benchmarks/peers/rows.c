/* What SQLite alone takes for the rows that a service keeps: the same tables, settings and statements, as many rows in a
   transaction.

       rows states|messages STORE ROWS-A-COMMIT LENGTH WARMUP SECONDS

   The states of Fire, of ten thousand channels, or the messages of VKChat, by a hundred users in one dialog.

   Prints a report as `load` does. A commit's duration stands where the latency of a message does. */
#include "../load/histogram.h"
#include "../load/instant.h"
#include "../load/measurement.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LENGTH_LIMIT = 4096, CHANNELS = 10000, SCATTERING = 7919, DIALOG = 1, FIRST_USER = 100, USERS = 100 };

static const char upsert[] =
    "INSERT INTO states (space, channel, user_id, data, expires) VALUES ($1, $2, $3, $4, $5) "
    "ON CONFLICT (space, channel, user_id) DO UPDATE SET data = excluded.data, expires = excluded.expires";

static const char parties[] =
    "SELECT (SELECT 1 FROM dialogs WHERE id = $1), (SELECT 1 FROM users WHERE id = $2), "
    "(SELECT 1 FROM members WHERE dialog_id = $1 AND user_id = $2)";
static const char insertion[] = "INSERT INTO messages (id, dialog_id, user_id, text, time) VALUES ($1, $2, $3, $4, $5)";

static sqlite3 *store;
static sqlite3_stmt *begin_statement, *question, *row_statement, *commit_statement;
static sqlite3_int64 last_message;

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

static sqlite3_int64 first_column(sqlite3_stmt *statement) {
    check(sqlite3_step(statement), SQLITE_ROW);
    sqlite3_int64 value = sqlite3_column_int64(statement, 0);
    check(sqlite3_reset(statement), SQLITE_OK);
    return value;
}

static void open_store(const char *path, bool has_states) {
    check(sqlite3_open_v2(path, &store, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL), SQLITE_OK);
    check(sqlite3_exec(store,
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
        "PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY", NULL, NULL, NULL), SQLITE_OK);
    begin_statement = prepare("BEGIN IMMEDIATE");
    row_statement = prepare(has_states ? upsert : insertion);
    if (!has_states) {
        question = prepare(parties);
        sqlite3_stmt *last = prepare("SELECT MAX(id) FROM messages");
        last_message = first_column(last);
        sqlite3_finalize(last);
    }
    commit_statement = prepare("COMMIT");
}

/* Another text in each turn. */
static void write_text(char *text, uint64_t sequence, int length) {
    int used = snprintf(text, LENGTH_LIMIT, "\"%020llu", (unsigned long long)sequence);
    memset(text + used, 'x', (size_t)(length - used));
    text[length - 1] = '"';
}

static void keep_state(uint64_t sequence, int length) {
    char channel[16], state[LENGTH_LIMIT + 1];
    int channel_length =
        snprintf(channel, sizeof channel, "c%04llu", (unsigned long long)(sequence * SCATTERING % CHANNELS));
    write_text(state, sequence, length);
    sqlite3_bind_int64(row_statement, 1, 1);
    sqlite3_bind_text(row_statement, 2, channel, channel_length, SQLITE_STATIC);
    sqlite3_bind_text(row_statement, 3, "", 0, SQLITE_STATIC);
    sqlite3_bind_text(row_statement, 4, state, length, SQLITE_STATIC);
    sqlite3_bind_int64(row_statement, 5, 0);
    run(row_statement);
}

static void keep_message(uint64_t sequence, int length) {
    char text[LENGTH_LIMIT + 1];
    sqlite3_int64 user = FIRST_USER + (sqlite3_int64)(sequence % USERS);
    write_text(text, sequence, length);
    sqlite3_bind_int64(question, 1, DIALOG);
    sqlite3_bind_int64(question, 2, user);
    if (first_column(question) != 1) check(SQLITE_ERROR, SQLITE_OK);
    sqlite3_bind_int64(row_statement, 1, ++last_message);
    sqlite3_bind_int64(row_statement, 2, DIALOG);
    sqlite3_bind_int64(row_statement, 3, user);
    sqlite3_bind_text(row_statement, 4, text, length, SQLITE_STATIC);
    sqlite3_bind_int64(row_statement, 5, time(NULL));
    run(row_statement);
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
        fprintf(stderr, "rows states|messages STORE ROWS-A-COMMIT LENGTH WARMUP SECONDS\n");
        return 1;
    }
    bool has_states = strcmp(words[1], "states") == 0;
    long rows_per_commit = atol(words[3]);
    int length = atoi(words[4]);
    if (rows_per_commit < 1 || length < 22 || length > LENGTH_LIMIT) {
        fprintf(stderr, "rows: at least a row, of 22 to %d bytes\n", LENGTH_LIMIT);
        return 1;
    }
    open_store(words[2], has_states);
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
        for (long row = 0; row < rows_per_commit; row++) (has_states ? keep_state : keep_message)(sequence++, length);
        run(commit_statement);
        uint64_t end = instant_now();
        if (begin.instant > 0) histogram_add(&commits, end - now);
        now = end;
    }
    struct measurement end = measurement_take(&options);
    report(&begin, &end, sequence - first, &commits, rows_per_commit, length);
}
