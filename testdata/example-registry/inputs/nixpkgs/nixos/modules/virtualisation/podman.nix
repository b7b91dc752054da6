{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.virtualisation.podman;
in
{
  options.virtualisation.podman = {
    enable = lib.mkEnableOption "podman";
    package = mkOption { type = types.package; default = pkgs.podman; description = "The podman package."; };
    dockerCompat = mkOption { type = types.bool; default = false; description = "Whether `docker` is podman."; };
    autoPrune.enable = lib.mkEnableOption "removal of what is unused";
    defaultNetwork.settings = mkOption { type = types.attrsOf types.anything; default = { }; description = "Settings of the default network."; };
  };

  config = lib.mkIf cfg.enable {
    environment.systemPackages = [ cfg.package ];
    systemd.services.podman = { description = "Podman API service"; serviceConfig.ExecStart = "${cfg.package}/bin/podman system service"; };
    systemd.sockets.podman = { listenStreams = [ "/run/podman/podman.sock" ]; wantedBy = [ "sockets.target" ]; };
  };
}
