/// The service's tables: SQL that SQLite and PostgreSQL both take. Only ever appended to.
///
/// `password` is a scrypt hash in PHC string form; what is not known of an account is null. Ids are not used again.
enum Schema {
    static let migrations = [
        """
        CREATE TABLE accounts (
            id BIGINT PRIMARY KEY,
            username TEXT NOT NULL UNIQUE,
            password TEXT NOT NULL,
            first_name TEXT,
            last_name TEXT,
            photo_url TEXT
        );
        CREATE TABLE last_account (
            id BIGINT PRIMARY KEY
        );
        INSERT INTO last_account (id) VALUES (0);
        """
    ]
}
