/// The service's tables: SQL that SQLite and PostgreSQL both take. Only ever appended to.
///
/// Texts of clients' are kept as they are; `expires` is in milliseconds since 1970, 0: never. A state whose `user_id` is
/// empty is the channel's own: no user is called so.
enum Schema {
    static let migrations = [
        """
        CREATE TABLE spaces (
            id BIGINT PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            sealed BIGINT NOT NULL,
            secret_key BLOB NOT NULL
        );
        CREATE TABLE last_space (
            id BIGINT PRIMARY KEY
        );
        INSERT INTO last_space (id) VALUES (0);
        CREATE TABLE states (
            space BIGINT NOT NULL,
            channel TEXT NOT NULL,
            user_id TEXT NOT NULL,
            data TEXT NOT NULL,
            expires BIGINT NOT NULL,
            PRIMARY KEY (space, channel, user_id)
        );
        CREATE INDEX states_by_end ON states (expires) WHERE expires > 0;
        CREATE TABLE permissions (
            space BIGINT NOT NULL,
            channel TEXT NOT NULL,
            user_id TEXT NOT NULL,
            PRIMARY KEY (space, channel, user_id)
        );
        """
    ]
}
