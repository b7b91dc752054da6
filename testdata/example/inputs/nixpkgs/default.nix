# What the flake of nixpkgs gives, with NixOS's interface and packages that
# are only names.
{ lib, path }:
let
  systems = [ "x86_64-linux" "aarch64-linux" ];
  extended = lib // {
    nixosSystem = args: import "${path}/nixos/lib/eval-config.nix" ({ lib = extended; nixpkgs = path; } // args);
  };
in
{
  lib = extended;
  legacyPackages = lib.genAttrs systems (system: import "${path}/pkgs" { lib = extended; inherit system; });
}
