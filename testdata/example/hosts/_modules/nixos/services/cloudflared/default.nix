# Cloudflare tunnels for the virtual hosts that ask for one.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.modules.services.cloudflared;
  through = name: lib.filterAttrs (_: v: v.enable && v.cloudflare.enable && v.cloudflare.tunnel == name) config.modules.services.caddy.virtualHosts;
in
{
  options.modules.services.cloudflared = {
    enable = lib.mkEnableOption "Cloudflare tunnels";
    tunnels = mkOption {
      default = { };
      description = "Tunnels, by name.";
      type = types.attrsOf (types.submodule {
        options.credentialsFile = mkOption { type = types.path; description = "File with the credentials."; };
      });
    };
  };

  config = lib.mkIf cfg.enable {
    systemd.services = lib.mapAttrs'
      (name: t: lib.nameValuePair "cloudflared-${name}" {
        description = "Cloudflare tunnel ${name}";
        wantedBy = [ "multi-user.target" ];
        after = [ "network-online.target" ];
        wants = [ "network-online.target" ];
        serviceConfig = {
          DynamicUser = true;
          LoadCredential = [ "credentials:${t.credentialsFile}" ];
          ExecStart = "${pkgs.writeText "cloudflared-${name}.json" (builtins.toJSON { ingress = lib.mapAttrsToList (_: v: v.hostName) (through name); })}";
        };
      })
      cfg.tunnels;
  };
}
