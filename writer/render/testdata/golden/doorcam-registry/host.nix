# Doorcam - cameras and what they see
#
# The proxy asks for a login, policy media.
{ config, lib, mylib, ... }:

let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
  serviceDomain = "doorcam.${config.networking.domain}";
  serviceEnabled = config.modules.services.doorcam.enable or false;
in
{
  config = lib.mkMerge [
    {
      modules.services.doorcam = {
        enable = true;

        # Starts only when the mount is there.
        nfsMountDependency = "media";

        # Hardware of this host, and no device beside it, for decoding video and detecting objects.
        devices = [ "/dev/dri/renderD128" "/dev/serial/by-id/usb-Example_Detector-if00" ];
        mqtt = {
          enable = true;
          passwordFile = config.sops.secrets."doorcam/mqtt-password".path;
        };
        environmentFile = config.sops.templates.doorcam-env.path;

        reverseProxy = {
          enable = true;
          hostName = serviceDomain;
          caddySecurity = forgeDefaults.caddySecurity.media // {
            # Nobody is asked here: the software must ask for its own key.
            bypassPaths = [ "/api/hooks" ];
            # Machines pass that send one of these keys; the proxy has their values.
            staticApiKeys = [
              (forgeDefaults.mkStaticApiKey "home" "DOORCAM_HOME_API_KEY")
              (forgeDefaults.mkStaticApiKeyWithPaths "recorder" "DOORCAM_RECORDER_API_KEY" [ "/api/events" ])
            ];
          };
        };

        metrics = {
          # What is enabled is scraped, even if the service is not.
          enable = serviceEnabled;
          port = 5000;
          path = "/api/metrics";
        };

        backup = forgeDefaults.mkBackupWithTags "doorcam" forgeDefaults.backupTags.infrastructure;
        preseed = forgeDefaults.mkPreseed [ "syncoid" "local" ];
      };
    }

    (lib.mkIf serviceEnabled {
      sops.secrets = {
        "doorcam/mqtt-password" = { };
        "doorcam/home-api-key" = { };
        "doorcam/recorder-api-key" = { };
      };

      sops.templates.doorcam-env = {
        content = ''
          MQTT_PASSWORD=${config.sops.placeholder."doorcam/mqtt-password"}
        '';
        restartUnits = [ "podman-doorcam.service" ];
      };

      # The proxy lets machines in that send the key.
      sops.templates.caddy-env.content = ''
        DOORCAM_HOME_API_KEY=${config.sops.placeholder."doorcam/home-api-key"}
        DOORCAM_RECORDER_API_KEY=${config.sops.placeholder."doorcam/recorder-api-key"}
      '';

      # The backup reads the data as a member of their group.
      users.users.restic-backup.extraGroups = [ "media" ];

      # As the repo's other datasets of class standard.
      modules.storage.datasets.services.doorcam.protection = {
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
      modules.backup.sanoid.datasets."tank/services/doorcam" = forgeDefaults.mkSanoidDataset "doorcam";

      modules.alerting.rules.doorcam-service-down =
        forgeDefaults.mkServiceDownAlert "doorcam" "Doorcam" "cameras and what they see";

      modules.alerting.rules.doorcam-memory = mylib.monitoring-helpers.mkHighMemoryAlert {
        name = "doorcam";
        job = "service-doorcam";
      };

      modules.alerting.rules.doorcam-stale =
        forgeDefaults.mkHealthcheckStaleAlert "doorcam" "Doorcam" 600;

      modules.services.homepage.contributions.doorcam = {
        group = "Infrastructure";
        name = "Doorcam";
        icon = "doorcam";
        href = "https://${serviceDomain}";
        description = "cameras and what they see";
        siteMonitor = "http://127.0.0.1:5000";
      };

      # The backend itself: the portal in front of it answers even when it is down.
      modules.services.gatus.contributions.doorcam = {
        name = "Doorcam";
        group = "Infrastructure";
        url = "http://127.0.0.1:5000/";
        interval = "60s";
        conditions = [ "[STATUS] == 200" ];
        alerts = [
          {
            type = "pushover";
            enabled = true;
            failureThreshold = 3;
            successThreshold = 2;
            sendOnResolved = true;
            description = "Doorcam is not responding";
          }
        ];
      };
    })
  ];
}
