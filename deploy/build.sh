#!/bin/sh
# A whole Kinwatch in a folder, ready to run and never written to: deploy/build.sh FOLDER [PYTHON]
#
# FOLDER/app is the program with compiled catalogues and collected static files, FOLDER/venv what it stands on,
# as requirements.txt locks it (nothing is fetched where it is there already), FOLDER/manage a command with the settings
# of the services. The image is made by this script, and a machine without containers can be.
set -eu

target=${1:?where to: deploy/build.sh FOLDER}
python=${2:-python3}
source=$(cd "$(dirname "$0")/.." && pwd)

[ ! -e "$target/app" ] || { echo "$target/app is there already. Build into an empty folder." >&2; exit 1; }
# Whoever runs it is another user than the one who builds it.
umask 022
mkdir -p "$target"
target=$(cd "$target" && pwd)

if [ ! -e "$target/venv" ]; then
  "$python" -m venv "$target/venv"
  # The lock is whole. Left to resolve it, pip looks past a pin for `name[extra]` once a newer release is out, and
  # then refuses that one for having no hash.
  "$target/venv/bin/pip" install --quiet --no-cache-dir --disable-pip-version-check --no-deps --require-hashes \
    --requirement "$source/requirements.txt"
  "$target/venv/bin/python" -m compileall -q -j 0 "$target/venv" || true
fi

mkdir "$target/app"
for part in caregiver clinic config notifications locale manage.py LICENSE; do
  cp -R "$source/$part" "$target/app/"
done
cp "$source/deploy/manage.sh" "$target/manage"
find "$target/app" -name __pycache__ -prune -exec rm -rf {} +
find "$target/app" -name '*.po' | while read -r texts; do
  language=$(basename "$(dirname "$(dirname "$texts")")")
  "$target/venv/bin/pybabel" --quiet compile --input-file "$texts" --output-file "${texts%.po}.mo" --locale "$language"
done

# With the demo's settings, which need nothing from outside; what is collected is the same.
cd "$target/app"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
KINWATCH_VAR="$scratch" DJANGO_SETTINGS_MODULE=config.settings.dev \
  "$target/venv/bin/python" manage.py shell --no-imports \
  -c "from config import statics; statics.collect()" >/dev/null
cp -R "$scratch/static" staticfiles
"$target/venv/bin/python" -m compileall -q -j 0 "$target/app"
echo "Built in $target."
