# shellcheck shell=bash
# Builds, tests and packages. Sourced after env.sh; interrex_env has to have succeeded.

interrex_mvn() {
  (cd "$INTERREX_ROOT" && MAVEN_OPTS="${MAVEN_OPTS:-} -Djansi.mode=strip -Djansi.noreset=true" mvn -B -ntp -Dstyle.color=never "$@" </dev/null)
}

# Compiles everything and makes INTERREX_DIST: bin/interrex, lib/*.jar, libexec/interrex-guard. Runs no test.
# Does nothing if no source is newer than the package.
interrex_build() {
  local log
  if [ -x "$INTERREX_DIST/bin/interrex" ] && ! interrex_sources_changed; then return 0; fi
  log=$INTERREX_ROOT/src/target/build.log
  mkdir -p -- "${log%/*}"
  : >"$log.started"
  interrex_mvn -q -Dmaven.test.skip=true -DskipTests -Dspotless.check.skip=true package >"$log" 2>&1 || {
    tail -n 40 -- "$log" >&2
    interrex_say "The build failed (above, and whole in $log)."
    return 1
  }
  mv -f -- "$log.started" "$INTERREX_DIST/.built"
}

interrex_sources_changed() {
  [ -e "$INTERREX_DIST/.built" ] || return 0
  find "$INTERREX_ROOT"/pom.xml "$INTERREX_ROOT"/{cluster,persistence,actors,http}/{pom.xml,src/main} "$INTERREX_ROOT"/src/{pom.xml,main} \
    -newer "$INTERREX_DIST/.built" -print -quit | grep -q .
}

# Makes the JVM's caches of a node's classes, and of the command line's, for this machine and this package, by letting a node live through a start and some
# failovers; a start takes half as long then, and so does what a node does for the first time. Never part of a commit. Without a
# cache everything works too, so a failure here is only said.
interrex_train_aot() {
  local cache=$INTERREX_DIST/lib/interrex.aot cli=$INTERREX_DIST/lib/interrex-cli.aot log=$INTERREX_ROOT/src/target/aot.log
  [ ! -e "$cache" ] || return 0
  interrex_say "Training the class cache (about a minute, once per build) …"
  if (interrex_run_in_lab Training --cache "$cache.new" --cli-cache "$cli.new" \
    --directory "/tmp/interrex-training-$(id -u)" --patience 100) >"$log" 2>&1 </dev/null \
    && [ -s "$cache.new" ] && [ -s "$cli.new" ]; then
    mv -f -- "$cli.new" "$cli"
    mv -f -- "$cache.new" "$cache"
  else
    interrex_say "No class cache was made (see $log); starts and first failovers take longer, all else is the same."
  fi
}
