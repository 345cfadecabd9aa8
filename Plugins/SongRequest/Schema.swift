/// The service's tables: SQL that SQLite and PostgreSQL both take. Only ever appended to.
///
/// Nicks are in lower case; `pin` and `secrets` are scrypt hashes in PHC string form. There is at most one admin, of id 1.
enum Schema {
    static let migrations = [
        """
        CREATE TABLE users (
            nick TEXT PRIMARY KEY,
            pin TEXT NOT NULL
        );
        CREATE TABLE admin (
            id BIGINT PRIMARY KEY,
            nick TEXT NOT NULL,
            secrets TEXT NOT NULL
        );
        """
    ]
}
