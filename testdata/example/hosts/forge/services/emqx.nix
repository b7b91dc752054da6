# EMQX: the broker of what talks MQTT.
{ config, lib, ... }:
let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
in
{
  modules.services.emqx = {
    enable = true;
    backup = forgeDefaults.mkBackupWithTags "emqx" forgeDefaults.backupTags.home;
  };
  modules.backup.sanoid.datasets."tank/services/emqx" = forgeDefaults.mkSanoidDataset "emqx";
  modules.alerting.rules."emqx-service-down" =
    forgeDefaults.mkServiceDownAlert "emqx" "EMQX" "MQTT broker";
}
