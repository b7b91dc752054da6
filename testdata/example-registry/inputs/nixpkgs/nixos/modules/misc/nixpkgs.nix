{ lib, ... }:
let
  inherit (lib) mkOption types;
in
{
  options.nixpkgs = {
    pkgs = mkOption { type = types.raw; description = "The package set."; };
    config = mkOption { type = types.attrs; default = { }; description = "Configuration of nixpkgs."; };
    overlays = mkOption { type = types.listOf types.raw; default = [ ]; description = "Overlays on the package set."; };
    hostPlatform = mkOption { type = types.either types.str types.attrs; apply = p: if builtins.isString p then { system = p; } else p; description = "Where the configuration runs."; };
    system = mkOption { type = types.str; default = "x86_64-linux"; description = "Where the configuration runs, the old name."; };
  };
}
