# Worker - worker of a queue
#
# It has no web page.
# No dataset, backup, snapshots or restore before the first start: it keeps
# nothing.
# No reverse proxy or dashboard: it has no web page.
# No black-box check: it has no web page, and its unit is watched.
# No metrics: none is known; a scrape of nothing would only alert.
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
