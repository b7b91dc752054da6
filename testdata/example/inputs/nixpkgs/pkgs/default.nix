# The package set: every package is a derivation that really builds, with
# /bin/sh and nothing else, to a file that says what it stands for.
{ lib, system ? "x86_64-linux", overlays ? [ ], config ? { }, ... }:
let
  names = import ./names.nix;

  derive = { name, ... }@attrs: derivation (attrs // { inherit name system; builder = "/bin/sh"; });

  # Text becomes a file; in a file, because an environment variable is too
  # small for a whole system.
  writeText = name: text: derive {
    inherit name text;
    passAsFile = [ "text" ];
    args = [ "-c" "while IFS= read -r line || [ -n \"$line\" ]; do printf '%s\\n' \"$line\"; done < \"$textPath\" > \"$out\"" ];
  };

  package = pname: { version, mainProgram ? pname, description ? pname, ... }@spec:
    let
      drv = derive {
        name = "${pname}-${version}";
        args = [ "-c" "echo ${pname} ${version} > $out" ];
      };
    in
    drv // {
      inherit pname version;
      meta = {
        inherit description mainProgram;
        platforms = [ "x86_64-linux" "aarch64-linux" ];
        available = true;
        broken = spec.broken or false;
        unfree = false;
        license = { spdxId = "MIT"; free = true; };
      } // removeAttrs spec [ "version" "passthru" ];
    } // spec.passthru or { };

  makePackages = final: lib.mapAttrs package names // {
    inherit lib system config package writeText;
    _type = "pkgs";
    # Extensions are built for one version of the server.
    postgresql = package "postgresql" (names.postgresql // {
      passthru = names.postgresql.passthru // {
        pkgs = lib.mapAttrs package {
          pgvector.version = "0.8.1";
          postgis.version = "3.6.0";
          timescaledb.version = "2.22.1";
        };
      };
    });
    stdenv.hostPlatform = {
      inherit system;
      isLinux = true;
      isx86_64 = system == "x86_64-linux";
      isAarch64 = system == "aarch64-linux";
    };
    hostPlatform = final.stdenv.hostPlatform;

    writeShellScript = name: text: writeText name "#!/bin/sh\n${text}";
    writeScript = writeText;
    writeShellScriptBin = name: text: writeText name "#!/bin/sh\n${text}" // { meta.mainProgram = name; };
    writeShellApplication = { name, text, ... }: writeText name "#!/bin/sh\n${text}" // { meta.mainProgram = name; };
    writers.writeJSON = name: value: writeText name (builtins.toJSON value);

    # Only what a shell can do by itself: builtins and redirections.
    runCommand = name: env: script: derive (env // {
      inherit name script;
      passAsFile = [ "script" ];
      args = [ "-c" ". \"$scriptPath\"" ];
    });
    fetchzip = { url, hash, name ? "source", stripRoot ? true }: derive {
      inherit name url stripRoot;
      outputHashMode = "recursive";
      outputHashAlgo = "sha256";
      outputHash = hash;
      args = [ "-c" "exit 1" ];
    };
    linkFarm = name: entries: writeText name (builtins.toJSON entries);
    symlinkJoin = { name, paths, ... }: writeText name (lib.concatMapStringsSep "\n" toString paths);
    mkShell = attrs: final.runCommand "shell" (removeAttrs attrs [ "shellHook" ]) "echo shell > $out";

    formats =
      let
        format = extension: {}: {
          type = lib.types.anything;
          generate = name: value: writeText name (builtins.toJSON value);
          inherit extension;
        };
      in
      { json = format "json"; yaml = format "yaml"; toml = format "toml"; };
  };

  extend = prev: overlay: final: let self = prev final; in self // overlay final self;
  fix = f: let self = f self; in self;
in
fix (lib.foldl' extend makePackages overlays)
