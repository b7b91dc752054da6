# qBittorrent, in a container. Machines come with a key, people through the portal.
{ config, lib, pkgs, podmanLib, ... }:
let
  inherit (lib) mkDefault mkEnableOption mkIf mkMerge mkOption types;
  sharedTypes = import ../../../lib/types.nix { inherit lib; };
  storageHelpers = import ../../storage/helpers-lib.nix { inherit pkgs lib; };

  cfg = config.modules.services.qbittorrent;
  serviceName = "qbittorrent";
  backend = config.virtualisation.oci-containers.backend;
  mainServiceUnit = "${backend}-${serviceName}.service";
  hasCentralizedNotifications = config.modules.notifications.enable;
  datasetPath = "${config.modules.storage.datasets.parentDataset}/${serviceName}";
  nfsMount = if cfg.nfsMountDependency == null then null else config.modules.storage.nfsMounts.${cfg.nfsMountDependency} or null;

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
  options.modules.services.qbittorrent = {
    enable = mkEnableOption "qBittorrent";
    image = mkOption { type = types.str; default = "ghcr.io/home-operations/qbittorrent:5.1.4@sha256:9c1d5a8f0e7b6c5d4a3f2e1d0c9b8a7f6e5d4c3b2a1f0e9d8c7b6a5f4e3d2c1b"; description = "Image, by tag and digest."; };
    port = mkOption { type = types.port; default = 8085; description = "Port on the host."; };
    dataDir = mkOption { type = types.path; default = "/var/lib/qbittorrent"; description = "Data directory."; };
    user = mkOption { type = types.str; default = "917"; description = "Id of the user in the container and on the host."; };
    group = mkOption { type = types.str; default = "media"; description = "Group."; };
    mediaDir = mkOption { type = types.path; default = "/srv/media"; description = "Media; the NFS mount where there is one."; };
    nfsMountDependency = mkOption { type = types.nullOr types.str; default = null; description = "Name in modules.storage.nfsMounts of the mount it needs."; };
    podmanNetwork = mkOption { type = types.nullOr types.str; default = null; description = "Podman network."; };
    timezone = mkOption { type = types.str; default = "Europe/Berlin"; description = "Time zone in the container."; };

    torrentPort = mkOption { type = types.port; default = 61144; description = "Port of BitTorrent."; };

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
      default = { enable = true; journalUnit = mainServiceUnit; labels = { service = serviceName; service_type = "downloads"; }; };
      description = "Logs.";
    };

    backup = mkOption { type = types.nullOr sharedTypes.backupSubmodule; default = null; description = "Backups."; };

    notifications = mkOption {
      type = types.nullOr sharedTypes.notificationSubmodule;
      default = { enable = true; channels.onFailure = [ "service-alerts" ]; customMessages.failure = "qBittorrent failed on ${config.networking.hostName}"; };
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
      assertions = (lib.optional (cfg.nfsMountDependency != null) {
        assertion = nfsMount != null;
        message = "qBittorrent: nfsMountDependency '${toString cfg.nfsMountDependency}' is not in modules.storage.nfsMounts.";
      }) ++ (lib.optional cfg.preseed.enable {
        assertion = cfg.preseed.repositoryUrl != "";
        message = "qBittorrent: preseed.enable needs preseed.repositoryUrl.";
      });
      modules.services.qbittorrent.mediaDir = mkIf (nfsMount != null) (mkDefault nfsMount.localPath);

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
        description = "qBittorrent";
      };

      virtualisation.oci-containers.containers.${serviceName} = podmanLib.mkContainer serviceName {
        inherit (cfg) image resources;
        environment = {
          TZ = cfg.timezone;
          QBT_WEBUI_PORT = "8085";
          QBT_TORRENTING_PORT = toString cfg.torrentPort;
        };
        volumes = [
          "${cfg.dataDir}:/config:rw"
          "${cfg.mediaDir}:/data:rw"
        ];
        ports = [
          "127.0.0.1:${toString cfg.port}:8085"
          "${toString cfg.torrentPort}:${toString cfg.torrentPort}"
          "${toString cfg.torrentPort}:${toString cfg.torrentPort}/udp"
        ];
        extraOptions = [
          "--pull=newer"
          "--user=${cfg.user}:${toString config.users.groups.${cfg.group}.gid}"
        ] ++ lib.optionals (cfg.healthcheck != null && cfg.healthcheck.enable) [
          "--health-cmd=${if cfg.healthcheck.command != null then cfg.healthcheck.command else "curl -sf http://127.0.0.1:8085/api/v2/app/version"}"
          "--health-interval=0s" # no timers of podman's own
          "--health-timeout=${cfg.healthcheck.timeout}"
          "--health-retries=${toString cfg.healthcheck.retries}"
          "--health-start-period=${cfg.healthcheck.startPeriod}"
        ] ++ lib.optional (cfg.podmanNetwork != null) "--network=${cfg.podmanNetwork}";
      };

      systemd.services."${backend}-${serviceName}" = mkMerge [
        (mkIf (hasCentralizedNotifications && cfg.notifications != null && cfg.notifications.enable) {
          unitConfig.OnFailure = [ "notify@${serviceName}-failure:%n.service" ];
        })
        (mkIf cfg.preseed.enable {
          wants = [ "preseed-${serviceName}.service" ];
          after = [ "preseed-${serviceName}.service" ];
        })
        (mkIf (nfsMount != null) {
          requires = [ nfsMount.mountUnitName ];
          after = [ nfsMount.mountUnitName ];
        })
        (mkIf (cfg.podmanNetwork != null) {
          requires = [ "podman-network-${cfg.podmanNetwork}.service" ];
          after = [ "podman-network-${cfg.podmanNetwork}.service" ];
        })
      ];

      modules.notifications.templates = mkIf (hasCentralizedNotifications && cfg.notifications != null && cfg.notifications.enable) {
        "${serviceName}-failure" = {
          enable = mkDefault true;
          priority = mkDefault "high";
          title = mkDefault "qBittorrent failed";
          body = mkDefault "journalctl -u ${mainServiceUnit} -n 100";
        };
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
