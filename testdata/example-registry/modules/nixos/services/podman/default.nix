{ config, lib, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.modules.services.podman;
in
{
  imports = [ ./lib.nix ];

  options.modules.services.podman = {
    enable = lib.mkEnableOption "the defaults of containers";
    containerDefaults = {
      logDriver = mkOption { type = types.enum [ "journald" "json-file" "k8s-file" "none" ]; default = "journald"; description = "Log driver."; };
      logTag = mkOption { type = types.str; default = "{{.Name}}"; description = "Tag of log lines."; };
    };
  };

  config.modules.virtualization.podman.enable = lib.mkIf cfg.enable (lib.mkDefault true);
}
