# Pocket ID, a unit of our own: NixOS has the package in unstable only. It is
# who signs people in, so nothing stands before it.
{ config, lib, mylib, pkgs, ... }:
let
  inherit (lib) mkDefault mkEnableOption mkIf mkMerge mkOption types;
  sharedTypes = mylib.types;
  storageHelpers = mylib.storageHelpers pkgs;

  cfg = config.modules.services.pocketid;
  serviceName = "pocketid";
  mainServiceUnit = "pocket-id.service";
  hasCentralizedNotifications = config.modules.notifications.enable;
  datasetPath = "${config.modules.storage.datasets.parentDataset}/${serviceName}";
  serviceIds = mylib.serviceUids.pocketid;
  replicationConfig = storageHelpers.mkReplicationConfig { inherit config datasetPath; };
in
{
  options.modules.services.pocketid = {
    enable = mkEnableOption "Pocket ID";
    dataDir = mkOption { type = types.path; default = "/var/lib/pocket-id"; description = "Data directory."; };

    package = mkOption { type = types.package; default = pkgs.unstable.pocket-id; description = "Package."; };
    user = mkOption { type = types.str; default = "pocket-id"; description = "User."; };
    group = mkOption { type = types.str; default = "pocket-id"; description = "Group."; };
    publicUrl = mkOption { type = types.str; description = "Address that people see."; };
    listen = {
      address = mkOption { type = types.str; default = "127.0.0.1"; description = "Address."; };
      port = mkOption { type = types.port; default = 1411; description = "Port."; };
    };
    encryptionKeyFile = mkOption { type = types.nullOr types.path; default = null; description = "File with the key of stored secrets."; };

    reverseProxy = mkOption { type = types.nullOr sharedTypes.reverseProxySubmodule; default = null; description = "Virtual host."; };

    metrics = mkOption { type = types.nullOr sharedTypes.metricsSubmodule; default = null; description = "Metrics."; };

    logging = mkOption {
      type = types.nullOr sharedTypes.loggingSubmodule;
      default = { enable = true; journalUnit = mainServiceUnit; labels = { service = serviceName; service_type = "identity"; }; };
      description = "Logs.";
    };

    backup = mkOption { type = types.nullOr sharedTypes.backupSubmodule; default = null; description = "Backups."; };

    notifications = mkOption {
      type = types.nullOr sharedTypes.notificationSubmodule;
      default = { enable = true; channels.onFailure = [ "service-alerts" ]; customMessages.failure = "Pocket ID failed on ${config.networking.hostName}"; };
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
        message = "Pocket ID: preseed.enable needs preseed.repositoryUrl.";
      };

      systemd.services.pocket-id = mkMerge [
        {
          description = "OpenID Connect provider with passkeys";
          wantedBy = [ "multi-user.target" ];
          after = [ "network-online.target" "zfs-service-datasets.service" ];
          wants = [ "network-online.target" ];
          unitConfig.RequiresMountsFor = [ cfg.dataDir ];
          environment = {
            APP_URL = cfg.publicUrl;
            HOST = cfg.listen.address;
            PORT = toString cfg.listen.port;
            METRICS_ENABLED = lib.boolToString (cfg.metrics != null && cfg.metrics.enable);
            ENCRYPTION_KEY_FILE = mkIf (cfg.encryptionKeyFile != null) "%d/encryption-key";
          };
          serviceConfig = {
            User = cfg.user;
            Group = cfg.group;
            WorkingDirectory = cfg.dataDir;
            ReadWritePaths = [ cfg.dataDir ];
            LoadCredential = lib.optional (cfg.encryptionKeyFile != null) "encryption-key:${cfg.encryptionKeyFile}";
            ExecStart = lib.getExe cfg.package;
            Restart = "on-failure";
            NoNewPrivileges = true;
            PrivateTmp = true;
            ProtectSystem = "strict";
            ProtectHome = true;
            ProtectKernelTunables = true;
            ProtectKernelModules = true;
            ProtectControlGroups = true;
            RestrictAddressFamilies = [ "AF_INET" "AF_INET6" "AF_UNIX" ];
            RestrictNamespaces = true;
            LockPersonality = true;
            RestrictRealtime = true;
            RestrictSUIDSGID = true;
            CapabilityBoundingSet = "";
            SystemCallFilter = [ "@system-service" "~@privileged" ];
          };
        }
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
        backend = { scheme = "http"; host = "127.0.0.1"; port = cfg.listen.port; };
      };

      modules.storage.datasets.services.${serviceName} = {
        mountpoint = cfg.dataDir;
        recordsize = "16K"; # SQLite
        compression = "zstd";
        properties."com.sun:auto-snapshot" = "true";
        owner = cfg.user;
        group = cfg.group;
        mode = "0750";
      };

      users.users.${cfg.user} = { isSystemUser = true; inherit (serviceIds) uid; inherit (cfg) group; description = "Pocket ID"; };
      users.groups.${cfg.group}.gid = serviceIds.gid;

      modules.notifications.templates = mkIf (hasCentralizedNotifications && cfg.notifications != null && cfg.notifications.enable) {
        "${serviceName}-failure" = {
          enable = mkDefault true;
          priority = mkDefault "high";
          title = mkDefault "Pocket ID failed";
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
      owner = cfg.user;
      group = cfg.group;
    }))
  ];
}
