/// The service's tables: SQL that SQLite and PostgreSQL both take. Only ever appended to.
enum Schema {
    static let migrations = [
        """
        CREATE TABLE users (
            id BIGINT PRIMARY KEY,
            name TEXT NOT NULL,
            token TEXT NOT NULL,
            rights BIGINT NOT NULL
        );
        CREATE TABLE channels (
            id TEXT PRIMARY KEY,
            parent TEXT,
            name TEXT NOT NULL,
            privacy BIGINT NOT NULL,
            motd TEXT NOT NULL,
            slowmod BIGINT NOT NULL,
            smiles BIGINT NOT NULL,
            peka BIGINT NOT NULL
        );
        CREATE TABLE owners (
            channel TEXT NOT NULL,
            user_id BIGINT NOT NULL,
            position BIGINT NOT NULL,
            PRIMARY KEY (channel, user_id)
        );
        CREATE TABLE grants (
            user_id BIGINT NOT NULL,
            channel TEXT NOT NULL,
            rights BIGINT NOT NULL,
            PRIMARY KEY (user_id, channel)
        );
        CREATE TABLE user_groups (
            user_id BIGINT NOT NULL,
            channel TEXT NOT NULL,
            name TEXT NOT NULL,
            position BIGINT NOT NULL,
            PRIMARY KEY (user_id, channel, name)
        );
        CREATE TABLE room_roles (
            user_id BIGINT NOT NULL,
            channel TEXT NOT NULL,
            role BIGINT NOT NULL,
            PRIMARY KEY (user_id, channel)
        );
        CREATE TABLE message_numbers (
            channel TEXT PRIMARY KEY,
            last BIGINT NOT NULL
        );
        CREATE TABLE messages (
            channel TEXT NOT NULL,
            id BIGINT NOT NULL,
            user_id BIGINT NOT NULL,
            name TEXT NOT NULL,
            rights BIGINT NOT NULL,
            user_groups TEXT NOT NULL,
            hide_icon BIGINT NOT NULL,
            mobile BIGINT NOT NULL,
            paid_smiles TEXT NOT NULL,
            time BIGINT NOT NULL,
            text TEXT NOT NULL,
            PRIMARY KEY (channel, id)
        );
        """,
        // What a user or a channel leaves behind is found without reading everybody's.
        """
        CREATE INDEX owners_by_user ON owners (user_id);
        CREATE INDEX grants_by_channel ON grants (channel);
        CREATE INDEX groups_by_channel ON user_groups (channel);
        CREATE INDEX roles_by_channel ON room_roles (channel);
        """,
    ]
}
