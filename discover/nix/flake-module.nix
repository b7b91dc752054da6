# For flake-parts: `imports = [ inputs.scaffold.flakeModules.default ];` adds
# apps.<system>.scaffold and checks.<system>.allocations.
{ pkgsFor # system: a package set to make the check with
, packageFor # system: the program's package
, allocationCheck
}:
{ lib, config, self, flake-parts-lib, ... }:
let
  cfg = config.scaffold;
  inherit (lib) mkOption types;
in
{
  _file = ./flake-module.nix;
  # A flake that imports it twice means one.
  key = toString ./flake-module.nix;

  options.scaffold = {
    enable = mkOption {
      type = types.bool;
      default = true;
      description = "Whether to add apps.scaffold and checks.allocations.";
    };
    hosts = mkOption {
      type = types.nullOr (types.listOf types.str);
      default = null;
      example = [ "forge" ];
      description = "Hosts under nixosConfigurations that the check looks at; null is all.";
    };
    settings = mkOption {
      type = types.nullOr types.path;
      default = null;
      description = "A .scaffold.yaml; null is the one at the top of the flake, if any.";
    };
    severity = mkOption {
      type = types.enum [ "error" "warning" ];
      default = "error";
      description = "The least that fails the check; warnings are in its log either way.";
    };
    uidMaps = mkOption {
      type = types.attrsOf types.path;
      default = { };
      example = lib.literalExpression "{ forge = ./hosts/forge/uid-map; }";
      description = "Copies of hosts' /var/lib/nixos/uid-map: the ids that NixOS gave away on them.";
    };
    gidMaps = mkOption {
      type = types.attrsOf types.path;
      default = { };
      description = "The same of gid-map.";
    };
    skip = mkOption {
      type = types.attrsOf (types.listOf types.str);
      default = { };
      example = { forge = [ "service broken" ]; };
      description = "Cells that the check leaves out, by host: those that Nix cannot evaluate, as its trace names them.";
    };
  };

  options.perSystem = flake-parts-lib.mkPerSystemOption ({ system, ... }: {
    options.scaffold.package = mkOption {
      type = types.either types.package types.path;
      default = packageFor system;
      defaultText = lib.literalMD "the package of the flake `scaffold`";
      description = "The program: a package that has bin/scaffold.";
    };
  });

  config = lib.mkIf cfg.enable {
    perSystem = { config, system, ... }: {
      apps.scaffold = {
        type = "app";
        program = "${config.scaffold.package}/bin/scaffold";
      };
      checks.allocations = allocationCheck {
        # Not the fleet's: to have it costs more than the whole check, and
        # flake-parts has none with Nix 2.8.
        pkgs = pkgsFor system;
        inherit (cfg) hosts settings severity uidMaps gidMaps skip;
        flake = self;
        scaffold = config.scaffold.package;
      };
    };
  };
}
