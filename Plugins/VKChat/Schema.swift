/// The service's tables: SQL that SQLite and PostgreSQL both take. Only ever appended to.
///
/// Whoever has ever been a user stays an author, so that messages outlive users and no id is given twice. What was never
/// given is NULL. `time` is in seconds since 1970. An id is an INTEGER, for that is the row's own number in SQLite, where a
/// BIGINT would have an index beside it.
enum Schema {
    static let migrations = [
        """
        CREATE TABLE authors (
            id INTEGER PRIMARY KEY
        );
        CREATE TABLE users (
            id INTEGER PRIMARY KEY REFERENCES authors (id),
            login TEXT NOT NULL UNIQUE,
            password TEXT NOT NULL,
            from_vk BIGINT NOT NULL,
            first_name TEXT,
            last_name TEXT,
            d_birth TEXT,
            age BIGINT,
            sex TEXT,
            city TEXT,
            photo TEXT,
            status TEXT
        );
        CREATE TABLE tokens (
            digest BLOB PRIMARY KEY,
            user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            number BIGINT NOT NULL
        );
        CREATE INDEX tokens_by_user ON tokens (user_id, number);
        CREATE TABLE dialogs (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL,
            create_date TEXT NOT NULL,
            capacity BIGINT,
            photo TEXT,
            description TEXT
        );
        CREATE TABLE members (
            dialog_id BIGINT NOT NULL REFERENCES dialogs (id) ON DELETE CASCADE,
            user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            PRIMARY KEY (dialog_id, user_id)
        );
        CREATE INDEX members_by_user ON members (user_id);
        CREATE TABLE messages (
            id INTEGER PRIMARY KEY,
            dialog_id BIGINT NOT NULL REFERENCES dialogs (id) ON DELETE CASCADE,
            user_id BIGINT NOT NULL REFERENCES authors (id),
            text TEXT NOT NULL,
            time BIGINT NOT NULL
        );
        CREATE INDEX messages_by_dialog ON messages (dialog_id, id);
        CREATE INDEX messages_by_author ON messages (user_id, id);
        CREATE TABLE last_ids (
            dialog_id BIGINT NOT NULL,
            message_id BIGINT NOT NULL
        );
        INSERT INTO last_ids (dialog_id, message_id) VALUES (0, 0);
        CREATE TABLE vk_accounts (
            username TEXT PRIMARY KEY,
            password TEXT NOT NULL
        );
        """
    ]
}
