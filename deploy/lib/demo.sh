# shellcheck shell=bash
# Runs a class of io.interrex.demo in a laboratory of hosts. Sourced by deploy/demo and deploy/bench, after env.sh and build.sh.

# Arguments: the class, then its own. Never returns.
interrex_run_in_lab() {
  local class=$1 class_path
  shift
  class_path=$(printf '%s:' "$INTERREX_DIST"/lib/*.jar)
  # The nodes belong to an unprivileged user, who may not be able to read this checkout: the program copies the package.
  export INTERREX_DEMO_PID=$$
  exec "$INTERREX_ROOT/deploy/lib/lab-run" "$JAVA_HOME/bin/java" \
    --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC -Xmx192m -XX:TieredStopAtLevel=1 \
    "-Dinterrex.home=$INTERREX_DIST" -cp "${class_path%:}" "io.interrex.demo.$class" "$@"
}

# Everything that has to be there before a demo starts; says what it does where that takes time.
interrex_prepare_demo() {
  "$INTERREX_ROOT/deploy/setup"
  interrex_env
  if [ ! -x "$INTERREX_DIST/bin/interrex" ] || interrex_sources_changed; then
    interrex_say "Building Interrex (the first time takes some minutes) …"
  fi
  interrex_build
  interrex_train_aot
}
