# Podman, and the networks that containers join.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.modules.virtualization.podman;
in
{
  options.modules.virtualization.podman = {
    enable = lib.mkEnableOption "containers with Podman";
    networks = mkOption {
      default = { };
      description = "Networks; each has the unit podman-network-<name>.";
      type = types.attrsOf (types.submodule {
        options = {
          driver = mkOption { type = types.str; default = "bridge"; description = "Driver."; };
          subnet = mkOption { type = types.nullOr types.str; default = null; description = "Subnet."; };
          gateway = mkOption { type = types.nullOr types.str; default = null; description = "Gateway."; };
          internal = mkOption { type = types.bool; default = false; description = "Whether it has no way out."; };
          ipv6 = mkOption { type = types.bool; default = false; description = "Whether it has IPv6."; };
        };
      });
    };
  };

  config = lib.mkIf cfg.enable {
    virtualisation = {
      podman.enable = true;
      podman.defaultNetwork.settings.dns_enabled = true;
      oci-containers.backend = "podman";
    };

    systemd.services = lib.mapAttrs'
      (name: network: lib.nameValuePair "podman-network-${name}" {
        description = "Podman network ${name}";
        wantedBy = [ "multi-user.target" ];
        after = [ "podman.service" ];
        requires = [ "podman.service" ];
        script =
          let
            options = [ "--driver=${network.driver}" ]
              ++ lib.optional (network.subnet != null) "--subnet=${network.subnet}"
              ++ lib.optional (network.gateway != null) "--gateway=${network.gateway}"
              ++ lib.optional network.internal "--internal"
              ++ lib.optional network.ipv6 "--ipv6";
          in
          ''
            ${config.virtualisation.podman.package}/bin/podman network create ${lib.escapeShellArgs options} ${name} || true
          '';
        serviceConfig = { Type = "oneshot"; RemainAfterExit = true; };
      })
      cfg.networks;
  };
}
