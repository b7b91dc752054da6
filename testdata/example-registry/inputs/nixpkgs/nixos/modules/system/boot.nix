{ lib, ... }:
let
  inherit (lib) mkOption types;
in
{
  options.boot = {
    loader.systemd-boot.enable = lib.mkEnableOption "systemd-boot";
    loader.efi.canTouchEfiVariables = mkOption { type = types.bool; default = false; description = "Whether EFI variables may be written."; };
    kernelModules = mkOption { type = types.listOf types.str; default = [ ]; description = "Modules loaded at boot."; };
    kernelParams = mkOption { type = types.listOf types.str; default = [ ]; description = "Kernel command line."; };
    kernel.sysctl = mkOption { type = types.attrsOf types.anything; default = { }; description = "Kernel parameters."; };
    supportedFilesystems = mkOption { type = types.coercedTo (types.listOf types.str) (xs: lib.genAttrs xs (_: true)) (types.attrsOf types.bool); default = { }; description = "File systems."; };
    zfs = {
      extraPools = mkOption { type = types.listOf types.str; default = [ ]; description = "Pools imported at boot."; };
      forceImportRoot = mkOption { type = types.bool; default = true; description = "Whether the root pool is imported by force."; };
    };
    initrd.systemd.enable = lib.mkEnableOption "systemd in the initial ramdisk";
  };
}
