# The stand-ins for the inputs of the flake: each is used unless the input
# was given, as with `--override-input nixpkgs-lib <nixpkgs.lib>`.
{ inputs }:
let
  # A store path of their own, as fetched inputs have: what they declare is
  # then not declared by a file of this repository. Where Nix may not write
  # to the store (`nix flake check --no-build`), they stay where they are; Nix
  # 2.34 fails there instead, until it was copied once.
  copy = builtins.unsafeDiscardStringContext (builtins.path { name = "source"; path = ./.; });
  source = if builtins.pathExists copy then copy else builtins.unsafeDiscardStringContext (toString ./.);
  isGiven = name: inputs.${name}.outPath != inputs.self.outPath;
  standIns = {
    nixpkgs-lib.lib = import "${source}/nixpkgs-lib/lib";
    nixpkgs = import "${source}/nixpkgs" { inherit (resolved.nixpkgs-lib) lib; path = "${source}/nixpkgs"; };
    nixpkgs-unstable = import "${source}/nixpkgs-unstable" { inherit (resolved) nixpkgs; };
    sops-nix.nixosModules.sops = import "${source}/sops-nix/module.nix";
  };
  resolved = inputs // builtins.mapAttrs (name: standIn: if isGiven name then inputs.${name} else standIn) standIns;
in
resolved
