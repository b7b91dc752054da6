# Drivelog - drives and charges of a car
#
# The proxy asks for a login, policy home.
# No metrics: none is known; a scrape of nothing would only alert.
{ config, lib, ... }:

let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
  serviceDomain = "drivelog.${config.networking.domain}";
  serviceEnabled = config.modules.services.drivelog.enable or false;
in
{
  config = lib.mkMerge [
    {
      modules.services.drivelog = {
        enable = true;
        database.passwordFile = config.sops.secrets."drivelog/database-password".path;
        secrets = {
          encryptionKeyFile = config.sops.secrets."drivelog/encryption-key".path;
          mqttPasswordFile = config.sops.secrets."drivelog/mqtt-password".path;
        };
        mqtt = {
          enable = true;
          passwordFile = config.sops.secrets."drivelog/mqtt-password".path;
        };
        grafana.enable = true;

        reverseProxy = {
          enable = true;
          hostName = serviceDomain;
          caddySecurity = forgeDefaults.caddySecurity.home;
        };

        backup = forgeDefaults.mkBackupWithTags "drivelog" [ "productivity" ];
        preseed = forgeDefaults.mkPreseed [ "syncoid" "local" ];
      };
    }

    (lib.mkIf serviceEnabled {
      sops.secrets = {
        "drivelog/encryption-key".restartUnits = [ "podman-drivelog.service" ];
        "drivelog/mqtt-password".restartUnits = [ "podman-drivelog.service" ];
        # What makes the database reads it too.
        "drivelog/database-password" = {
          mode = "0440";
          owner = "root";
          group = "postgres";
          restartUnits = [ "podman-drivelog.service" ];
        };
      };

      # The backup reads the data as a member of their group.
      users.users.restic-backup.extraGroups = [ "drivelog" ];

      # Snapshots, and replication to the host's target.
      modules.backup.sanoid.datasets."tank/services/drivelog" = forgeDefaults.mkSanoidDataset "drivelog";

      modules.alerting.rules.drivelog-service-down =
        forgeDefaults.mkServiceDownAlert "drivelog" "Drivelog" "drives and charges of a car";

      modules.services.homepage.contributions.drivelog = {
        group = "Productivity";
        name = "Drivelog";
        icon = "drivelog";
        href = "https://${serviceDomain}";
        description = "drives and charges of a car";
        siteMonitor = "http://127.0.0.1:4000";
      };

      # The backend itself: the portal in front of it answers even when it is down.
      modules.services.gatus.contributions.drivelog = {
        name = "Drivelog";
        group = "Productivity";
        url = "http://127.0.0.1:4000/";
        interval = "60s";
        conditions = [ "[STATUS] == 200" ];
        alerts = [
          {
            type = "pushover";
            enabled = true;
            failureThreshold = 3;
            successThreshold = 2;
            sendOnResolved = true;
            description = "Drivelog is not responding";
          }
        ];
      };
    })
  ];
}
