#!/bin/sh
# manage.py with the settings that the services have: /opt/kinwatch/manage COMMAND …
#
# build.sh lays it beside the program. The file of settings is read as systemd and docker read it, a name and the
# rest of the line as it stands: a shell would take the & of an address for its own. What the caller has set
# counts more. KINWATCH_ENV names another file than /etc/kinwatch.env.
set -eu

folder=$(cd "$(dirname "$0")" && pwd)
settings=${KINWATCH_ENV:-/etc/kinwatch.env}
[ -r "$settings" ] || { echo "$settings cannot be read. As the service's user: runuser -u kinwatch -- $0 …" >&2; exit 1; }

while IFS= read -r line || [ -n "$line" ]; do
  name=${line%%=*}
  case $name in
    "$line" | '' | [0-9]* | *[!A-Z0-9_]*) continue ;;
  esac
  eval "given=\${$name+given}"
  [ -n "$given" ] || export "$line"
done <"$settings"

cd "$folder/app"
exec "$folder/venv/bin/python" manage.py "$@"
