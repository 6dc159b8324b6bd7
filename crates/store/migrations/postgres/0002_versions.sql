-- How each version came into force. `follows` is the number of the version it
-- was compared with, 0 for the first: two that follow the same one exclude each
-- other.
CREATE TABLE publications (
    version BIGINT NOT NULL PRIMARY KEY REFERENCES charters_in_force (number),
    follows BIGINT NOT NULL UNIQUE,
    published_at BIGINT NOT NULL,
    published_by TEXT,
    acknowledged TEXT NOT NULL
);
INSERT INTO publications (version, follows, published_at, published_by, acknowledged)
SELECT number, COALESCE(LAG(number) OVER (ORDER BY number), 0), effective_at, NULL, '[]'
FROM charters_in_force;

-- Who is to be told of a version, or asked again, through which channel. Names
-- kinds of people, never people.
CREATE TABLE owed_notices (
    version BIGINT NOT NULL REFERENCES publications (version),
    about TEXT NOT NULL,
    channel TEXT NOT NULL,
    asks TEXT NOT NULL,
    PRIMARY KEY (version, about, channel)
);
