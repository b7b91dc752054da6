{ config, lib, ... }:
let
  inherit (lib) mkOption types;
in
{
  options = {
    fileSystems = mkOption {
      default = { };
      description = "File systems.";
      type = types.attrsOf (types.submodule ({ name, ... }: {
        options = {
          mountPoint = mkOption { type = types.str; default = name; description = "Where it is mounted."; };
          device = mkOption { type = types.nullOr types.str; default = null; description = "What is mounted."; };
          fsType = mkOption { type = types.str; default = "auto"; description = "Type of file system."; };
          options = mkOption { type = types.listOf types.str; default = [ "defaults" ]; description = "Mount options."; };
          neededForBoot = mkOption { type = types.bool; default = false; description = "Whether it is mounted early."; };
          depends = mkOption { type = types.listOf types.str; default = [ ]; description = "Mounts it needs."; };
        };
      }));
    };
    swapDevices = mkOption { type = types.listOf types.attrs; default = [ ]; description = "Swap."; };
  };

  config.assertions = [{
    assertion = config.fileSystems ? "/";
    message = "The ‘fileSystems’ option does not specify your root file system.";
  }];
}
