# Tautulli, the NixOS module. It has accounts of its own and cannot be told of others.
{ config, lib, mylib, pkgs, ... }:
let
  inherit (lib) mkDefault mkEnableOption mkIf mkMerge mkOption types;
  sharedTypes = mylib.types;
  storageHelpers = mylib.storageHelpers pkgs;
  serviceIds = mylib.serviceUids.tautulli;

  cfg = config.modules.services.tautulli;
  serviceName = "tautulli";
  mainServiceUnit = "tautulli.service";
  hasCentralizedNotifications = config.modules.notifications.enable;
  datasetPath = "${config.modules.storage.datasets.parentDataset}/${serviceName}";
  tautulliPort = 8181;
  replicationConfig = storageHelpers.mkReplicationConfig { inherit config datasetPath; };
in
{
  options.modules.services.tautulli = {
    enable = mkEnableOption "Tautulli";
    dataDir = mkOption { type = types.path; default = "/var/lib/tautulli"; description = "Data directory."; };

    package = mkOption { type = types.package; default = pkgs.tautulli; description = "Package."; };

    reverseProxy = mkOption { type = types.nullOr sharedTypes.reverseProxySubmodule; default = null; description = "Virtual host."; };

    logging = mkOption {
      type = types.nullOr sharedTypes.loggingSubmodule;
      default = { enable = true; journalUnit = mainServiceUnit; labels = { service = serviceName; service_type = "media-monitoring"; }; };
      description = "Logs.";
    };

    backup = mkOption { type = types.nullOr sharedTypes.backupSubmodule; default = null; description = "Backups."; };

    notifications = mkOption {
      type = types.nullOr sharedTypes.notificationSubmodule;
      default = { enable = true; channels.onFailure = [ "service-alerts" ]; customMessages.failure = "Tautulli failed on ${config.networking.hostName}"; };
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
      assertions = lib.optional cfg.preseed.enable {
        assertion = cfg.preseed.repositoryUrl != "";
        message = "Tautulli: preseed.enable needs preseed.repositoryUrl.";
      };

      services.tautulli = {
        enable = true;
        inherit (cfg) package dataDir;
        port = tautulliPort;
        configFile = "${cfg.dataDir}/config.ini";
        user = "tautulli";
        group = "tautulli";
      };

      systemd.services.tautulli = mkMerge [
        { unitConfig.RequiresMountsFor = [ cfg.dataDir ]; }
        (mkIf (hasCentralizedNotifications && cfg.notifications != null && cfg.notifications.enable) {
          unitConfig.OnFailure = [ "notify@${serviceName}-failure:%n.service" ];
        })
        (mkIf cfg.preseed.enable {
          wants = [ "preseed-${serviceName}.service" ];
          after = [ "preseed-${serviceName}.service" ];
        })
      ];

      modules.services.caddy.virtualHosts.${serviceName} = mkIf (cfg.reverseProxy != null && cfg.reverseProxy.enable) {
        enable = true;
        inherit (cfg.reverseProxy) hostName auth security caddySecurity reverseProxyBlock extraConfig;
        backend = { scheme = "http"; host = "127.0.0.1"; port = tautulliPort; };
      };

      modules.storage.datasets.services.${serviceName} = {
        mountpoint = cfg.dataDir;
        recordsize = "16K"; # SQLite
        compression = "zstd";
        properties."com.sun:auto-snapshot" = "true";
        owner = "tautulli";
        group = "tautulli";
        mode = "0750";
      };

      users.users.tautulli = { isSystemUser = true; inherit (serviceIds) uid extraGroups; group = "tautulli"; description = "Tautulli"; };
      users.groups.tautulli.gid = serviceIds.gid;

      modules.notifications.templates = mkIf (hasCentralizedNotifications && cfg.notifications != null && cfg.notifications.enable) {
        "${serviceName}-failure" = {
          enable = mkDefault true;
          priority = mkDefault "high";
          title = mkDefault "Tautulli failed";
          body = mkDefault "journalctl -u ${mainServiceUnit} -n 100";
        };
      };
    })

    (mkIf (cfg.enable && cfg.preseed.enable) (storageHelpers.mkPreseedService {
      inherit serviceName hasCentralizedNotifications;
      allowEmptyBootstrap = storageHelpers.allowEmptyBootstrapFor { inherit config; datasetName = serviceName; };
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
      owner = "tautulli";
      group = "tautulli";
    }))
  ];
}
