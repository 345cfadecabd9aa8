/* SQLite for Node, as little as the server needs and as direct as it can be: everything is done before a call returns.

       open(path)                    with the settings that Patchbay's store has
       prepare(sql)                  a statement's number
       run(statement, values...)     numbers and strings; the first column of the first row, undefined where there is none

   With what went wrong as an exception. */
#define NAPI_VERSION 8
#include <node_api.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

enum { STATEMENTS = 32, VALUES = 8, PATH_LIMIT = 4096 };

static sqlite3 *store;
static sqlite3_stmt *statements[STATEMENTS];
static uint32_t prepared;

static napi_value failed(napi_env env) {
    napi_throw_error(env, NULL, store ? sqlite3_errmsg(store) : "the store is not open");
    return NULL;
}

static size_t arguments(napi_env env, napi_callback_info info, napi_value *values) {
    size_t count = VALUES;
    napi_get_cb_info(env, info, &count, values, NULL, NULL);
    return count < VALUES ? count : VALUES;
}

static char *text(napi_env env, napi_value value, size_t *length) {
    if (napi_get_value_string_utf8(env, value, NULL, 0, length) != napi_ok) return NULL;
    char *copy = malloc(*length + 1);
    if (copy) napi_get_value_string_utf8(env, value, copy, *length + 1, length);
    return copy;
}

static napi_value open_store(napi_env env, napi_callback_info info) {
    napi_value values[VALUES];
    char path[PATH_LIMIT];
    size_t length;
    if (arguments(env, info, values) < 1
        || napi_get_value_string_utf8(env, values[0], path, sizeof path, &length) != napi_ok
        || sqlite3_open_v2(path, &store, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK
        || sqlite3_exec(store,
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
            "PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY", NULL, NULL, NULL) != SQLITE_OK) return failed(env);
    return NULL;
}

static napi_value prepare(napi_env env, napi_callback_info info) {
    napi_value values[VALUES], number;
    size_t length;
    char *sql = arguments(env, info, values) < 1 || prepared == STATEMENTS ? NULL : text(env, values[0], &length);
    if (!sql) return failed(env);
    int result = sqlite3_prepare_v3(store, sql, -1, SQLITE_PREPARE_PERSISTENT, &statements[prepared], NULL);
    free(sql);
    if (result != SQLITE_OK) return failed(env);
    napi_create_uint32(env, prepared++, &number);
    return number;
}

static int bind(napi_env env, sqlite3_stmt *statement, int place, napi_value value) {
    int64_t number;
    if (napi_get_value_int64(env, value, &number) == napi_ok) return sqlite3_bind_int64(statement, place, number);
    size_t length;
    char *copy = text(env, value, &length);
    return copy ? sqlite3_bind_text64(statement, place, copy, length, free, SQLITE_UTF8) : SQLITE_MISMATCH;
}

static napi_value first_column(napi_env env, sqlite3_stmt *statement) {
    napi_value value;
    if (sqlite3_column_type(statement, 0) == SQLITE_INTEGER) {
        napi_create_int64(env, sqlite3_column_int64(statement, 0), &value);
    } else {
        const char *column = (const char *)sqlite3_column_text(statement, 0);
        napi_create_string_utf8(env, column ? column : "", NAPI_AUTO_LENGTH, &value);
    }
    return value;
}

static napi_value run(napi_env env, napi_callback_info info) {
    napi_value values[VALUES], first = NULL;
    size_t count = arguments(env, info, values);
    uint32_t number;
    if (count < 1 || napi_get_value_uint32(env, values[0], &number) != napi_ok || number >= prepared) return failed(env);
    sqlite3_stmt *statement = statements[number];
    for (size_t place = 1; place < count; place++) {
        if (bind(env, statement, (int)place, values[place]) != SQLITE_OK) return failed(env);
    }
    int result = sqlite3_step(statement);
    if (result == SQLITE_ROW) first = first_column(env, statement);
    else if (result != SQLITE_DONE) failed(env);
    sqlite3_reset(statement);
    return first;
}

NAPI_MODULE_INIT() {
    static const struct { const char *name; napi_callback callback; } functions[] = {
        {"open", open_store}, {"prepare", prepare}, {"run", run},
    };
    for (size_t place = 0; place < sizeof functions / sizeof *functions; place++) {
        napi_value function;
        napi_create_function(env, functions[place].name, NAPI_AUTO_LENGTH, functions[place].callback, NULL, &function);
        napi_set_named_property(env, exports, functions[place].name, function);
    }
    return exports;
}
