# Worker - worker of a queue
#
# It has no web page. Stateless: no dataset, backup or restore.
{ config, lib, ... }:

let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
  serviceEnabled = config.modules.services.worker.enable or false;
in
{
  config = lib.mkMerge [
    {
      modules.services.worker = {
        enable = true;
      };
    }

    (lib.mkIf serviceEnabled {
      modules.alerting.rules.worker-service-down =
        forgeDefaults.mkServiceDownAlert "worker" "Worker" "worker of a queue";
    })
  ];
}
