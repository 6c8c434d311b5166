#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# scripts/sysroot.sh ARCH FOLDER PACKAGE...: unpacks Debian packages of another architecture into a folder to cross build against.
# The host's own packages and apt's state stay as they are: many -dev packages of two architectures cannot be installed together.
set -euo pipefail
arch=$1 root=$(realpath -m "$2")
shift 2
if [[ -e "$root/.done" && "$(cat "$root/.done")" == "$*" ]]; then exit 0; fi

state=$root/.apt
mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
: >"$state/status" # nothing is installed
apt=(apt-get -qq -o "APT::Architecture=$arch" -o "APT::Architectures=$arch" -o "Dir::State::Lists=$state/lists"
  -o "Dir::State::status=$state/status" -o "Dir::Cache=$state/cache" -o "APT::Sandbox::User=$(id -un)" -o Debug::NoLocking=1)
"${apt[@]}" update || echo "some lists are missing; going on" >&2
"${apt[@]}" install -y --download-only --no-install-recommends "$@"
for package in "$state"/cache/archives/*.deb; do dpkg -x "$package" "$root"; done
# Links to absolute paths would lead to the host's files.
find "$root" -type l -lname '/*' -not -path "$state/*" | while read -r link; do
  ln -sfrn "$root$(readlink "$link")" "$link"
done
echo "$*" >"$root/.done"
