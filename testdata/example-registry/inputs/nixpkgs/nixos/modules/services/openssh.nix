{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.services.openssh;
in
{
  options.services.openssh = {
    enable = lib.mkEnableOption "the OpenSSH secure shell daemon";
    ports = mkOption { type = types.listOf types.port; default = [ 22 ]; description = "Ports to listen on."; };
    openFirewall = mkOption { type = types.bool; default = true; description = "Whether its ports are opened."; };
    settings = mkOption { type = types.attrsOf types.anything; default = { }; description = "sshd_config."; };
  };

  config = lib.mkIf cfg.enable {
    users.users.sshd = { isSystemUser = true; group = "sshd"; description = "SSH privilege separation user"; };
    users.groups.sshd = { };
    systemd.services.sshd = { description = "SSH Daemon"; wantedBy = [ "multi-user.target" ]; serviceConfig.ExecStart = "${pkgs.openssh}/bin/sshd -D"; };
    networking.firewall.allowedTCPPorts = lib.mkIf cfg.openFirewall cfg.ports;
  };
}
