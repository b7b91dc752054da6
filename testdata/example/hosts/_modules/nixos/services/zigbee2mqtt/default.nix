# Zigbee2MQTT, in a container, a client of the host's broker.
{ config, lib, pkgs, podmanLib, ... }:
let
  inherit (lib) mkDefault mkEnableOption mkIf mkMerge mkOption types;
  sharedTypes = import ../../../lib/types.nix { inherit lib; };
  storageHelpers = import ../../storage/helpers-lib.nix { inherit pkgs lib; };

  cfg = config.modules.services.zigbee2mqtt;
  serviceName = "zigbee2mqtt";
  backend = config.virtualisation.oci-containers.backend;
  mainServiceUnit = "${backend}-${serviceName}.service";
  hasCentralizedNotifications = config.modules.notifications.enable;
  datasetPath = "${config.modules.storage.datasets.parentDataset}/${serviceName}";

  # The replica of the dataset, as the host's sanoid entry names it.
  replica = (config.modules.backup.sanoid.datasets.${datasetPath} or { }).replication or null;
  replicationConfig =
    if replica == null || !config.modules.backup.sanoid.enable then null
    else {
      inherit (replica) targetHost targetDataset sendOptions recvOptions;
      sshUser = replica.targetUser;
      inherit (config.modules.backup.sanoid) sshKeyPath;
    };
in
{
  options.modules.services.zigbee2mqtt = {
    enable = mkEnableOption "Zigbee2MQTT";
    image = mkOption { type = types.str; default = "ghcr.io/koenkk/zigbee2mqtt:2.6.3@sha256:3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c"; description = "Image, by tag and digest."; };
    port = mkOption { type = types.port; default = 8086; description = "Port on the host."; };
    dataDir = mkOption { type = types.path; default = "/var/lib/zigbee2mqtt"; description = "Data directory."; };
    user = mkOption { type = types.str; default = "923"; description = "Id of the user in the container and on the host."; };
    group = mkOption { type = types.str; default = "zigbee2mqtt"; description = "Group."; };
    timezone = mkOption { type = types.str; default = "Europe/Berlin"; description = "Time zone in the container."; };

    serialPort = mkOption { type = types.str; default = "/dev/ttyUSB0"; description = "Port of the coordinator."; };
    mqtt.passwordFile = mkOption { type = types.nullOr types.path; default = null; description = "File with the password at the broker."; };

    healthcheck = mkOption {
      type = types.nullOr sharedTypes.healthcheckSubmodule;
      default = { enable = true; startPeriod = "60s"; };
      description = "Health check of the container.";
    };
    resources = mkOption {
      type = types.nullOr sharedTypes.containerResourcesSubmodule;
      default = { memory = "512M"; memoryReservation = "256M"; cpus = "1.0"; };
      description = "Limits of the container.";
    };

    reverseProxy = mkOption { type = types.nullOr sharedTypes.reverseProxySubmodule; default = null; description = "Virtual host."; };

    metrics = mkOption { type = types.nullOr sharedTypes.metricsSubmodule; default = null; description = "Metrics."; };

    logging = mkOption {
      type = types.nullOr sharedTypes.loggingSubmodule;
      default = { enable = true; journalUnit = mainServiceUnit; labels = { service = serviceName; service_type = "home-automation"; }; };
      description = "Logs.";
    };

    backup = mkOption { type = types.nullOr sharedTypes.backupSubmodule; default = null; description = "Backups."; };

    notifications = mkOption {
      type = types.nullOr sharedTypes.notificationSubmodule;
      default = { enable = true; channels.onFailure = [ "service-alerts" ]; customMessages.failure = "Zigbee2MQTT failed on ${config.networking.hostName}"; };
      description = "Notifications.";
    };

    preseed = {
      enable = mkEnableOption "restoring the data before the first start";
      repositoryUrl = mkOption { type = types.str; default = ""; description = "Restic repository to restore from."; };
      passwordFile = mkOption { type = types.path; default = "/dev/null"; description = "File with its password."; };
      environmentFile = mkOption { type = types.nullOr types.path; default = null; description = "File with its credentials."; };
      restoreMethods = mkOption {
        type = types.listOf (types.enum [ "syncoid" "local" "restic" ]);
        default = [ "syncoid" "local" ];
        description = "Methods, in the order they are tried.";
      };
    };
  };

  config = mkMerge [
    (mkIf cfg.enable {
      assertions = (lib.optional cfg.preseed.enable {
        assertion = cfg.preseed.repositoryUrl != "";
        message = "Zigbee2MQTT: preseed.enable needs preseed.repositoryUrl.";
      });

      modules.services.caddy.virtualHosts.${serviceName} = mkIf (cfg.reverseProxy != null && cfg.reverseProxy.enable) {
        enable = true;
        inherit (cfg.reverseProxy) hostName auth security caddySecurity reverseProxyBlock extraConfig;
        backend = { scheme = "http"; host = "127.0.0.1"; port = cfg.port; };
      };

      modules.storage.datasets.services.${serviceName} = {
        mountpoint = cfg.dataDir;
        recordsize = "16K"; # small files
        compression = "zstd";
        properties."com.sun:auto-snapshot" = "true";
        owner = serviceName;
        group = cfg.group;
        mode = "0750";
      };

      users.users.${serviceName} = {
        uid = mkDefault (lib.toInt cfg.user);
        inherit (cfg) group;
        isSystemUser = true;
        description = "Zigbee2MQTT";
      };
      users.groups.${cfg.group}.gid = mkDefault 923;

      virtualisation.oci-containers.containers.${serviceName} = podmanLib.mkContainer serviceName {
        inherit (cfg) image resources;
        environment = {
          TZ = cfg.timezone;
          ZIGBEE2MQTT_CONFIG_SERIAL_PORT = cfg.serialPort;
        };
        volumes = [
          "${cfg.dataDir}:/app/data:rw"
        ];
        ports = [ "127.0.0.1:${toString cfg.port}:8080" ];
        extraOptions = [
          "--pull=newer"
          "--user=${cfg.user}:${toString config.users.groups.${cfg.group}.gid}"
        ] ++ lib.optionals (cfg.healthcheck != null && cfg.healthcheck.enable) [
          "--health-cmd=${if cfg.healthcheck.command != null then cfg.healthcheck.command else "wget --spider -q http://127.0.0.1:8080/"}"
          "--health-interval=0s" # no timers of podman's own
          "--health-timeout=${cfg.healthcheck.timeout}"
          "--health-retries=${toString cfg.healthcheck.retries}"
          "--health-start-period=${cfg.healthcheck.startPeriod}"
        ];
      };

      systemd.services."${backend}-${serviceName}" = mkMerge [
        (mkIf (hasCentralizedNotifications && cfg.notifications != null && cfg.notifications.enable) {
          unitConfig.OnFailure = [ "notify@${serviceName}-failure:%n.service" ];
        })
        (mkIf cfg.preseed.enable {
          wants = [ "preseed-${serviceName}.service" ];
          after = [ "preseed-${serviceName}.service" ];
        })
      ];

      modules.notifications.templates = mkIf (hasCentralizedNotifications && cfg.notifications != null && cfg.notifications.enable) {
        "${serviceName}-failure" = {
          enable = mkDefault true;
          priority = mkDefault "high";
          title = mkDefault "Zigbee2MQTT failed";
          body = mkDefault "journalctl -u ${mainServiceUnit} -n 100";
        };
      };

      modules.services.emqx.integrations.${serviceName} = mkIf (cfg.mqtt.passwordFile != null) {
        users = [{ username = serviceName; inherit (cfg.mqtt) passwordFile; tags = [ "home" ]; }];
        acls = [{ permission = "allow"; action = "pubsub"; subject = { kind = "user"; value = serviceName; }; topics = [ "zigbee2mqtt/#" "homeassistant/#" ]; }];
      };
    })

    (mkIf (cfg.enable && cfg.preseed.enable) (storageHelpers.mkPreseedService {
      inherit serviceName hasCentralizedNotifications;
      dataset = datasetPath;
      mountpoint = cfg.dataDir;
      mainServiceUnit = mainServiceUnit;
      replicationCfg = replicationConfig;
      datasetProperties = { recordsize = "16K"; compression = "zstd"; "com.sun:auto-snapshot" = "true"; };
      resticRepoUrl = cfg.preseed.repositoryUrl;
      resticPasswordFile = cfg.preseed.passwordFile;
      resticEnvironmentFile = cfg.preseed.environmentFile;
      resticPaths = [ cfg.dataDir ];
      inherit (cfg.preseed) restoreMethods;
      owner = serviceName;
      group = cfg.group;
    }))
  ];
}
