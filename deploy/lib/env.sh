# shellcheck shell=bash
# Where the tools are. Sourced by the scripts in deploy/ and by .ci/run; changes nothing on the machine.
#
#   interrex_env      exports JAVA_HOME, PG_BIN and PATH, or says what is missing and returns 1
#   INTERREX_ROOT     the checkout
#   INTERREX_DIST     the runnable package, made by interrex_build (build.sh)

INTERREX_ROOT=$(cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
INTERREX_DIST=$INTERREX_ROOT/src/target/dist
INTERREX_JDK_MIN=25
INTERREX_PG_MIN=14
INTERREX_MAVEN_MIN=3.8.7
INTERREX_PG_BEST=15
export INTERREX_ROOT INTERREX_DIST

interrex_say() { printf '%s\n' "$*" >&2; }

interrex_die() {
  interrex_say "$@"
  exit 1
}

# Prints the feature release of the JDK in $1 (25, 26, …), from its release file: starting a JVM to ask would take longer than all else here.
interrex_jdk_release() {
  local version
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")
  [ -n "$version" ] && printf '%s\n' "$version"
}

# Prints the home of a JDK that is new enough: JAVA_HOME first, then the usual places, the oldest that will do first.
interrex_find_jdk() {
  local home release javac found=''
  if [ -n "${JAVA_HOME:-}" ] && release=$(interrex_jdk_release "$JAVA_HOME") && [ "$release" -ge "$INTERREX_JDK_MIN" ]; then
    printf '%s\n' "$JAVA_HOME"
    return
  fi
  javac=$(command -v javac 2>/dev/null) && javac=$(readlink -f -- "$javac")
  for home in "${javac%/bin/javac}" /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk*; do
    [ -n "$home" ] && [ ! -L "$home" ] && release=$(interrex_jdk_release "$home") && [ "$release" -ge "$INTERREX_JDK_MIN" ] && found+="$release $home"$'\n'
  done
  printf '%s' "$found" | sort -n | sed -n '1{s/^[0-9]* //;p;}' | grep .
}

# Prints the major version of the PostgreSQL in the directory $1.
interrex_pg_major() {
  local version
  [ -x "$1/initdb" ] && [ -x "$1/pg_rewind" ] && [ -x "$1/pg_basebackup" ] || return 1
  version=$("$1/postgres" --version 2>/dev/null) || return 1
  version=${version#*) }
  printf '%s\n' "${version%%[!0-9]*}"
}

# Prints the directory of PostgreSQL's server programs: PG_BIN if set, else the tested version, else the newest that will do.
interrex_find_pg() {
  local bin major found=''
  if [ -n "${PG_BIN:-}" ]; then
    major=$(interrex_pg_major "$PG_BIN") && [ "$major" -ge "$INTERREX_PG_MIN" ] && printf '%s\n' "$PG_BIN"
    return
  fi
  for bin in /usr/lib/postgresql/"$INTERREX_PG_BEST"/bin /usr/pgsql-"$INTERREX_PG_BEST"/bin; do
    interrex_pg_major "$bin" >/dev/null && printf '%s\n' "$bin" && return 0
  done
  bin=$(command -v pg_config 2>/dev/null) && bin=$("$bin" --bindir)
  for bin in "$bin" /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/local/pgsql/bin; do
    [ -n "$bin" ] && major=$(interrex_pg_major "$bin") && [ "$major" -ge "$INTERREX_PG_MIN" ] && found+="$major $bin"$'\n'
  done
  printf '%s' "$found" | sort -rn | sed -n '1{s/^[0-9]* //;p;}' | grep .
}

interrex_env() {
  case :$PATH: in *:/usr/sbin:*) ;; *) PATH=$PATH:/usr/sbin:/sbin ;; esac
  JAVA_HOME=$(interrex_find_jdk) || { interrex_say "No JDK $INTERREX_JDK_MIN or newer was found. Run deploy/setup: it says how to get one."; return 1; }
  PG_BIN=$(interrex_find_pg) || { interrex_say "No PostgreSQL $INTERREX_PG_MIN or newer was found. Run deploy/setup: it installs one or says how."; return 1; }
  PATH=$JAVA_HOME/bin:$PATH
  export JAVA_HOME PG_BIN PATH
}
