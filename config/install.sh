#!/usr/bin/env bash
# Make the virtual environment and install the locked dependencies with their hashes. `make setup` calls it when a
# lock file has changed. Arguments: the Python to use, the folder, the lock files with the installer's own first.
set -euo pipefail
python=$1 venv=$2 installer=$3
shift 3
locks=("$@")
wanted=$(cat "$installer" "${locks[@]}" | sha256sum | cut -d' ' -f1)
stamp=$venv/.installed
if [ -x "$venv/bin/python" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
  touch "$stamp"
  exit 0
fi
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "Samråd needs Python 3.11 or newer; '$python' is $("$python" -V). Say which with PYTHON=…" >&2
  exit 1
}
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv" || {
  echo "No virtual environment could be made. On Debian: apt install python3-venv" >&2
  exit 1
}
echo "Installing dependencies …"
# The last lock file holds the ones before it.
everything=${locks[-1]}
if "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$installer" &&
  "$venv/bin/uv" pip install --quiet --system-certs --python "$venv/bin/python" --compile-bytecode --require-hashes -r "$everything"; then
  :
else
  echo "uv could not install; trying pip, which takes about a minute …" >&2
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$everything"
fi
echo "$wanted" >"$stamp"
