# Podman, its networks, and the state of containers as a metric.
{ config, lib, ... }:
let
  containers = lib.mapAttrsToList (_: c: c.serviceName) config.virtualisation.oci-containers.containers;
in
{
  modules = {
    services.podman.enable = true;
    virtualization.podman.networks.media-services.driver = "bridge";
  };

  systemd.services.container-metrics = {
    description = "container_service_active for every container";
    startAt = "*:*:0/30";
    serviceConfig.Type = "oneshot";
    script = ''
      for unit in ${toString containers}; do
        systemctl is-active --quiet "$unit" && up=1 || up=0
        echo "container_service_active{name=\"''${unit#podman-}\"} $up"
      done > /var/lib/node_exporter/textfile_collector/containers.prom
    '';
  };
}
