# Shared by the scripts of this folder: `source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"`.
# shellcheck shell=bash

set -euo pipefail

# The repository, wherever the script was called from.
root="$(cd -P "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

# How many compilers run at a time; `JOBS=2 scripts/test` on a machine with little memory.
jobs="${JOBS:-$(nproc)}"

say() {
  printf '== %s\n' "$*"
}

fail() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

usage_error() {
  printf '%s: %s (--help explains)\n' "$(basename "$0")" "$*" >&2
  exit 2
}

# Prints the comment at the top of the running script.
print_help() {
  sed -n '2,/^$/s/^# \{0,1\}//p' "$0"
}

# Where the preset builds.
build_folder() {
  printf '%s/build/%s' "$root" "$1"
}

# configure PRESET: safe to repeat. A build folder that was copied here with the sources belongs to another
# place; CMake refuses it, so it is made anew.
configure() {
  local folder cache
  folder="$(build_folder "$1")"
  cache="$folder/CMakeCache.txt"
  if [ -f "$cache" ] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$cache"; then
    say "$folder was made for another source folder: making it anew"
    rm -rf "$folder"
  fi
  (cd "$root" && cmake --preset "$1")
}

# build PRESET [TARGET...]: configures and builds everything, or the targets.
build() {
  local preset="$1"
  shift
  say "build: preset $preset, $jobs jobs"
  configure "$preset"
  (cd "$root" && cmake --build --preset "$preset" --parallel "$jobs" ${1:+--target "$@"})
}

# What the sanitizers of a preset are told, unless the environment tells them something else.
set_sanitizer_options() {
  case "$1" in
    asan-ubsan | fuzz)
      export ASAN_OPTIONS="${ASAN_OPTIONS:-detect_leaks=1:strict_string_checks=1}"
      export UBSAN_OPTIONS="${UBSAN_OPTIONS:-print_stacktrace=1}"
      ;;
    tsan)
      # The sanitizer looks for the address of each race, suppressed ones included, in a list of all before:
      # hours for what libcaf_core does with a hundred thousand messages. Races of equal stacks are said once.
      local options="second_deadlock_stack=1:suppress_equal_addresses=0"
      if [ -f "$root/cmake/tsan.supp" ]; then
        options="$options:suppressions=$root/cmake/tsan.supp"
      fi
      export TSAN_OPTIONS="${TSAN_OPTIONS:-$options}"
      ;;
  esac
}
