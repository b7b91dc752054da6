# Cloudflare tunnels for the virtual hosts that ask for one.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.modules.services.cloudflared;
  through = name: lib.attrValues (lib.filterAttrs (_: v: v.enable && v.cloudflare.enable && v.cloudflare.tunnel == name) config.modules.services.caddy.virtualHosts);
  json = name: value: pkgs.writeText name (builtins.toJSON value);

  unitOf = name: t:
    let
      hosts = through name;
      recorded = map (v: v.hostName) (lib.filter (v: v.cloudflare.dns.register) hosts);
    in
    {
      description = "Cloudflare tunnel ${name}";
      wantedBy = [ "multi-user.target" ];
      after = [ "network-online.target" ];
      wants = [ "network-online.target" "caddy.service" ];
      serviceConfig = {
        DynamicUser = true;
        LoadCredential = [ "credentials:${t.credentialsFile}" ];
        ExecStart = "cloudflared tunnel --config ${json "${name}.json" { ingress = map (v: { hostname = v.hostName; inherit (t) service; }) hosts; }} run ${t.id}";
      } // lib.optionalAttrs (t.dnsRegistration.enable && recorded != [ ]) {
        ExecStartPre = "cloudflared-records ${json "${name}-records.json" recorded}";
      };
    };
in
{
  options.modules.services.cloudflared = {
    enable = lib.mkEnableOption "Cloudflare tunnels";
    tunnels = mkOption {
      default = { };
      description = "Tunnels, by name.";
      type = types.attrsOf (types.submodule {
        options = {
          id = mkOption { type = types.str; description = "Id of the tunnel."; };
          credentialsFile = mkOption { type = types.path; description = "File with the credentials."; };
          service = mkOption { type = types.str; default = "https://127.0.0.1:443"; description = "Where requests are sent."; };
          dnsRegistration.enable = mkOption { type = types.bool; default = true; description = "Whether host names become records."; };
        };
      });
    };
  };

  config = lib.mkIf cfg.enable {
    systemd.services = lib.mapAttrs' (name: t: lib.nameValuePair "cloudflared-${name}" (unitOf name t)) cfg.tunnels;
  };
}
