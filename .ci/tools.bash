# shellcheck shell=bash
# Sourced by ./dev and .ci/run: which programs they need and how each is had. Programs that are not
# Debian packages go into a cache folder of their own, under their version, and nowhere else.

cache=${XDG_CACHE_HOME:-$HOME/.cache}/scaffold-ci
golangci_version=v2.15.0
nixpkgs_fmt_version=1.3.0
deadnix_version=1.3.1
statix_version=0.5.8
linters=$cache/linters-$nixpkgs_fmt_version-$deadnix_version/bin
registry=$cache/registry/usr/bin/docker-registry
other_suites=(trixie sid) # Debian releases whose Nix is tested beside the machine's own: 2.26 and the newest

say() { printf '%s: %s\n' "${0##*/}" "$1" >&2; }
die() {
  say "$1"
  exit 1
}

missing=()
# want PROGRAM "DEBIAN PACKAGES" WHY notes the packages unless the program is there.
want() { command -v "$1" >/dev/null || missing+=("$2|$1 $3"); }

# install_missing installs what want noted. It asks nothing, and says what and why before it starts.
install_missing() {
  local entry names packages=()
  ((${#missing[@]})) || return 0
  for entry in "${missing[@]}"; do
    read -ra names <<<"${entry%%|*}"
    packages+=("${names[@]}")
    say "missing: ${entry#*|} (Debian: ${entry%%|*})"
  done
  missing=()
  command -v apt-get >/dev/null || die "install programs: this is no Debian; install those above, then run this again"
  [ "$(id -u)" = 0 ] ||
    die "install programs: not root; run this first: sudo apt-get update && sudo apt-get install -y ${packages[*]}"
  say "apt-get install ${packages[*]}"
  apt_get update
  apt_get install --no-install-recommends "${packages[@]}"
}

# apt_get runs apt-get without questions.
apt_get() {
  DEBIAN_FRONTEND=noninteractive quietly apt-get -q -y -o DPkg::Lock::Timeout=300 "$@" </dev/null
}

# quietly shows what a command prints only when it fails.
quietly() {
  local log
  log=$(mktemp)
  "$@" >"$log" 2>&1 || {
    cat "$log" >&2
    rm -f "$log"
    die "run $*: failed as above; mend what it names (often the network), then run this again"
  }
  rm -f "$log"
}

# find_go puts the installed Go on PATH where a login shell would have it.
find_go() {
  command -v go >/dev/null || PATH=$PATH:/usr/local/go/bin:$HOME/go/bin
  command -v go >/dev/null || die "find go: not on PATH; install Go $(sed -n 's/^go //p' go.mod) or newer (https://go.dev/dl)"
}

# find_nix does the same for a Nix whose profile this shell has not read.
find_nix() {
  command -v nix >/dev/null || PATH=$PATH:/nix/var/nix/profiles/default/bin:$HOME/.nix-profile/bin:/run/current-system/sw/bin
}

# want_basics notes what building needs: Go fetches modules over TLS and stamps the version from git.
want_basics() {
  find_go
  want git git "reads the version that is built, and every target repository is one"
  if [ -d /etc/dpkg ] && [ -z "${SSL_CERT_FILE:-}" ] && [ ! -e /etc/ssl/certs/ca-certificates.crt ]; then
    missing+=("ca-certificates|ca-certificates lets Go check who it downloads modules from")
  fi
}

# want_nix notes Nix. Root needs only the program; anyone else needs its daemon too.
want_nix() {
  find_nix
  if [ "$(id -u)" = 0 ]; then
    want nix nix-bin "evaluates the target flake"
  else
    want nix "nix-bin nix-setup-systemd" "evaluates the target flake (then: sudo adduser $(id -un) nix-users, and log in again)"
  fi
}

# use_nix sets Nix up for this process and its children alone; the machine's configuration stays as it is.
# Nothing here needs the network. Root without build accounts builds as itself, which Nix refuses
# unless told; and where that is a container, it cannot make the sandbox that it would insist on.
use_nix() {
  local settings='extra-experimental-features = nix-command flakes
flake-registry =
substituters ='
  if [ "$(id -u)" = 0 ] && ! getent group nixbld >/dev/null; then
    settings+='
build-users-group =
sandbox = false'
  fi
  export NIX_CONFIG="${NIX_CONFIG:+$NIX_CONFIG
}$settings"
  nix-instantiate --eval -E 'builtins.toFile "probe" ""' >/dev/null ||
    die "write to the Nix store: see above; without root, Nix needs its daemon and membership in its group (Debian: sudo apt-get install nix-setup-systemd && sudo adduser $(id -un) nix-users)"
}

# need_golangci builds golangci-lint at its pinned version and puts it first on PATH.
need_golangci() {
  local folder=$cache/golangci-lint-$golangci_version
  if [ ! -x "$folder/golangci-lint" ]; then
    say "go install golangci-lint $golangci_version into $folder"
    GOFLAGS='' GOBIN=$folder quietly go install "github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$golangci_version"
  fi
  PATH=$folder:$PATH
}

# need_linters builds the linters of Nix files. statix is not published where cargo installs from (the
# crate of that name is a web server), so one that is on PATH is taken, and CI says when there is none.
need_linters() {
  local root=${linters%/bin} statix
  want cargo "cargo-web rustc-web" "builds nixpkgs-fmt and deadnix"
  want cc "gcc libc6-dev" "links them"
  install_missing
  cargo_install "$root" nixpkgs-fmt "$nixpkgs_fmt_version"
  cargo_install "$root" deadnix "$deadnix_version"
  if statix=$(command -v statix) && "$statix" check --help >/dev/null 2>&1; then
    ln -sf "$(readlink -f "$statix")" "$linters/statix"
  fi
  [ -x "$linters/statix" ] || say "statix is not here: put statix $statix_version on PATH to run it too"
  export SCAFFOLD_LINTERS=$linters
}

# cargo_install ROOT CRATE VERSION builds with the crate's own lock file.
cargo_install() {
  [ -x "$1/bin/$2" ] && return
  say "cargo install $2 $3 into $1"
  quietly cargo install --locked --root "$1" "$2@$3"
}

# need_other_nixes unpacks the other Nix versions and names them in SCAFFOLD_NIX_VERSIONS.
need_other_nixes() {
  local suite programs=()
  want debootstrap debootstrap "unpacks the Nix of other Debian releases"
  install_missing
  for suite in "${other_suites[@]}"; do
    if [ ! -x "$cache/nix/$suite/bin.nix/nix" ]; then
      say "unpack the Nix of Debian $suite into $cache/nix/$suite"
      .ci/nix-from-debian "$suite" "$cache/nix/$suite"
    fi
    programs+=("$cache/nix/$suite/bin.nix/nix")
    say "$suite: $("$cache/nix/$suite/bin.nix/nix" --version)"
  done
  SCAFFOLD_NIX_VERSIONS=$(IFS=:; echo "${programs[*]}")
  export SCAFFOLD_NIX_VERSIONS
}

# need_registry unpacks Debian's server of container images and names it in SCAFFOLD_REGISTRY. To install
# the package would start it as a service.
need_registry() {
  local folder=${registry%/usr/bin/*}
  if [ ! -x "$registry" ]; then
    command -v apt-get >/dev/null || die "unpack docker-registry: this is no Debian; run tests with SCAFFOLD_REGISTRY=<path of docker-registry>"
    say "unpack docker-registry of Debian into $folder"
    rm -rf "$folder"
    mkdir -p "$folder"
    # apt knows no packages on a fresh machine.
    if [ -z "$(apt-cache --quiet=2 show docker-registry 2>/dev/null)" ]; then
      apt_get update
    fi
    (cd "$folder" && apt_get download docker-registry && quietly dpkg -x ./*.deb . && rm -f ./*.deb)
    [ -x "$registry" ] || die "unpack docker-registry: the package has no $registry"
  fi
  export SCAFFOLD_REGISTRY=$registry
}

# fuzz TARGET TIME PACKAGE fuzzes one target. Go before 1.27 now and then takes the end of the time itself
# for a failure (https://go.dev/issue/75804): it names no input then, and the target is fuzzed again.
fuzz() {
  local log status
  log=$(mktemp)
  for _ in 1 2 3; do
    status=0
    # 100x: by default Go shortens each new input for up to a minute instead of trying others.
    (
      set -o pipefail # whatever the shell has that sourced this: tee does not fail
      go test -run '^$' -fuzz "^$1\$" -fuzztime "$2" -fuzzminimizetime 100x "$3" </dev/null 2>&1 | tee "$log"
    ) || status=$?
    if [ "$status" = 0 ] || grep -qF 'Failing input written to' "$log" || ! grep -qxF '    context deadline exceeded' "$log"; then
      break
    fi
    say "fuzz $1: the time was over, and no input failed (https://go.dev/issue/75804): again"
  done
  rm -f "$log"
  return "$status"
}
