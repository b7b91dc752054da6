# Carlog - log of a car
#
# It has its own login.
# No metrics: none is known; a scrape of nothing would only alert.
{ config, lib, ... }:

let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
  serviceDomain = "carlog.${config.networking.domain}";
  inherit (config.modules.services.carlog) database;
  serviceEnabled = config.modules.services.carlog.enable or false;
in
{
  config = lib.mkMerge [
    {
      modules.services.carlog = {
        enable = true;
        database.passwordFile = config.sops.secrets."carlog/database-password".path;
        mqtt = {
          enable = true;
          passwordFile = config.sops.secrets."carlog/mqtt-password".path;
        };
        grafana.enable = true;
        environmentFile = config.sops.templates.carlog-env.path;

        reverseProxy = {
          enable = true;
          hostName = serviceDomain;
        };

        # No metrics endpoint is known, and a scrape of nothing would only alert.
        metrics = null;

        backup = forgeDefaults.mkBackupWithTags "carlog" [ "productivity" ];
        preseed = forgeDefaults.mkPreseed [ "syncoid" "local" ];
      };
    }

    (lib.mkIf serviceEnabled {
      sops.secrets = {
        "carlog/mqtt-password" = { };
        # What makes the database reads it too.
        "carlog/database-password" = {
          mode = "0440";
          owner = "root";
          group = "postgres";
        };
      };

      sops.templates.carlog-env = {
        content = ''
          MQTT_PASSWORD=${config.sops.placeholder."carlog/mqtt-password"}
          DATABASE_URL=postgresql://${database.user}:${config.sops.placeholder."carlog/database-password"}@${database.host}:${toString database.port}/${database.name}
        '';
        restartUnits = [ "podman-carlog.service" ];
      };

      # The backup reads the data as a member of their group.
      users.users.restic-backup.extraGroups = [ "carlog" ];

      # As the repo's other datasets of class standard.
      modules.storage.datasets.services.carlog.protection = {
        class = "standard";
        objectives = {
          offsiteRpoSeconds = null;
          onsiteRpoSeconds = 3600;
          rtoSeconds = 14400;
        };
        requiredTiers = [ "local-snapshot" "replication" "nas-backup" "automated-restore" ];
        # Nothing can be restored before it has run once: then set it to false,
        # lest it starts empty where a restore fails.
        allowEmptyBootstrap = true;
      };

      # Snapshots, and replication to the host's target.
      modules.backup.sanoid.datasets."tank/services/carlog" = forgeDefaults.mkSanoidDataset "carlog";

      modules.alerting.rules.carlog-service-down =
        forgeDefaults.mkServiceDownAlert "carlog" "Carlog" "log of a car";

      modules.services.homepage.contributions.carlog = {
        group = "Productivity";
        name = "Carlog";
        icon = "carlog";
        href = "https://${serviceDomain}";
        description = "log of a car";
        siteMonitor = "http://127.0.0.1:4000";
      };

      modules.services.gatus.contributions.carlog = {
        name = "Carlog";
        group = "Productivity";
        url = "https://${serviceDomain}";
        interval = "60s";
        conditions = [ "[STATUS] == 200" ];
        alerts = [
          {
            type = "pushover";
            enabled = true;
            failureThreshold = 3;
            successThreshold = 2;
            sendOnResolved = true;
            description = "Carlog is not responding";
          }
        ];
      };
    })
  ];
}
