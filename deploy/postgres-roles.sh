#!/bin/sh
# Run once by the image of PostgreSQL, on an empty database: the program's own role, which owns nothing.
set -eu
psql --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --set password="$KINWATCH_PASSWORD" <<'SQL'
CREATE ROLE kinwatch LOGIN PASSWORD :'password';
SQL
