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
        // Moderation, polls, ignore lists, smiles and the site's credentials. Times of messages are in
        // milliseconds from here on: slow mode counts them.
        """
        UPDATE messages SET time = time * 1000;
        ALTER TABLE users ADD COLUMN regtime BIGINT NOT NULL DEFAULT 0;
        ALTER TABLE channels ADD COLUMN key TEXT NOT NULL DEFAULT '';
        ALTER TABLE channels ADD COLUMN type TEXT NOT NULL DEFAULT '';
        CREATE INDEX channels_by_parent ON channels (parent);
        CREATE TABLE last_sent (
            channel TEXT NOT NULL,
            user_id BIGINT NOT NULL,
            time BIGINT NOT NULL,
            PRIMARY KEY (channel, user_id)
        );
        CREATE INDEX last_sent_by_user ON last_sent (user_id);
        CREATE TABLE moderators (
            channel TEXT NOT NULL,
            user_id BIGINT NOT NULL,
            PRIMARY KEY (channel, user_id)
        );
        CREATE INDEX moderators_by_user ON moderators (user_id);
        CREATE TABLE bans (
            user_id BIGINT NOT NULL,
            channel TEXT NOT NULL,
            until BIGINT NOT NULL,
            reason TEXT NOT NULL,
            comment TEXT NOT NULL,
            PRIMARY KEY (user_id, channel)
        );
        CREATE INDEX bans_by_channel ON bans (channel);
        CREATE INDEX bans_by_end ON bans (until);
        CREATE TABLE polls (
            channel TEXT PRIMARY KEY,
            moder_id BIGINT NOT NULL,
            moder_name TEXT NOT NULL,
            moder_rights BIGINT NOT NULL,
            moder_groups TEXT NOT NULL,
            title TEXT NOT NULL
        );
        CREATE TABLE poll_answers (
            channel TEXT NOT NULL,
            id BIGINT NOT NULL,
            text TEXT NOT NULL,
            PRIMARY KEY (channel, id)
        );
        CREATE TABLE votes (
            channel TEXT NOT NULL,
            user_id BIGINT NOT NULL,
            answer BIGINT NOT NULL,
            PRIMARY KEY (channel, user_id)
        );
        CREATE INDEX votes_by_user ON votes (user_id);
        CREATE TABLE ignored (
            user_id BIGINT NOT NULL,
            ignored BIGINT NOT NULL,
            position BIGINT NOT NULL,
            PRIMARY KEY (user_id, ignored)
        );
        CREATE INDEX ignored_by_ignored ON ignored (ignored);
        CREATE TABLE smiles (
            number BIGINT PRIMARY KEY,
            channel TEXT NOT NULL,
            name TEXT NOT NULL,
            bind TEXT NOT NULL,
            donat BIGINT NOT NULL,
            premium BIGINT NOT NULL,
            paid BIGINT NOT NULL,
            UNIQUE (channel, name)
        );
        CREATE TABLE smile_grants (
            user_id BIGINT NOT NULL,
            channel TEXT NOT NULL,
            smile BIGINT NOT NULL,
            position BIGINT NOT NULL,
            PRIMARY KEY (user_id, channel, smile)
        );
        CREATE INDEX smile_grants_by_channel ON smile_grants (channel);
        CREATE INDEX smile_grants_by_smile ON smile_grants (smile);
        CREATE TABLE credentials (
            id TEXT PRIMARY KEY,
            token TEXT NOT NULL
        );
        CREATE TABLE visitors (
            user_id BIGINT PRIMARY KEY
        );
        """,
    ]
}
