# Zigbee2MQTT: for those at home.
{ config, lib, ... }:
let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
  serviceEnabled = config.modules.services.zigbee2mqtt.enable or false;
in
{
  config = lib.mkMerge [
    {
      modules.services.zigbee2mqtt = {
        enable = true;
        mqtt.passwordFile = config.sops.secrets."mqtt/zigbee2mqtt_password".path;

        reverseProxy = {
          enable = true;
          hostName = "zigbee2mqtt.${config.networking.domain}";
          backend.port = 8086;
          caddySecurity = forgeDefaults.caddySecurity.home;
        };

        backup = forgeDefaults.mkBackupWithTags "zigbee2mqtt" forgeDefaults.backupTags.home;
        preseed = forgeDefaults.mkPreseed [ "syncoid" "local" ];
      };
    }

    (lib.mkIf serviceEnabled {
      modules.backup.sanoid.datasets."tank/services/zigbee2mqtt" = forgeDefaults.mkSanoidDataset "zigbee2mqtt";

      modules.alerting.rules."zigbee2mqtt-service-down" =
        forgeDefaults.mkServiceDownAlert "zigbee2mqtt" "Zigbee2MQTT" "Zigbee coordinator";

      modules.services.homepage.contributions.zigbee2mqtt = {
        group = "Automation";
        name = "Zigbee2MQTT";
        icon = "zigbee2mqtt";
        href = "https://zigbee2mqtt.${config.networking.domain}";
        description = "Zigbee coordinator";
        siteMonitor = "http://localhost:8086";
      };

      modules.services.gatus.contributions.zigbee2mqtt = {
        name = "Zigbee2MQTT";
        url = "http://127.0.0.1:8086";
        conditions = [ "[STATUS] == 200" "[RESPONSE_TIME] < 2000" ];
        alerts = [{ type = "pushover"; description = "Zigbee2MQTT does not answer"; }];
      };
    })
  ];
}
