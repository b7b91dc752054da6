# Drivers of graphics cards, and what makes NVIDIA cards known to containers.
{ config, lib, ... }:
let inherit (lib) mkOption types; in
{
  options.hardware = {
    graphics = {
      enable = mkOption { type = types.bool; default = false; description = "Whether drivers of graphics cards are installed."; };
      extraPackages = mkOption { type = types.listOf types.package; default = [ ]; description = "Further drivers."; };
    };
    nvidia-container-toolkit.enable = mkOption { type = types.bool; default = false; description = "Whether containers can be given NVIDIA cards by name."; };
  };

  config = lib.mkIf config.hardware.graphics.enable {
    environment.etc."drirc".text = "drivers: ${lib.concatMapStringsSep " " toString config.hardware.graphics.extraPackages}\n";
  };
}
