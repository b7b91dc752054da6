# The same packages, some newer, some only here.
{ nixpkgs }:
{
  legacyPackages = builtins.mapAttrs
    (_: pkgs: pkgs // builtins.mapAttrs (pkgs.package or (pname: _: pkgs.${pname})) (import ./newer.nix))
    nixpkgs.legacyPackages;
}
