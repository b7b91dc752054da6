# Mealie, the NixOS module with a user of its own: data on a dataset need an
# id that stays. Signs people in itself, with OpenID Connect.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkDefault mkEnableOption mkForce mkIf mkMerge mkOption types;
  sharedTypes = import ../../../lib/types.nix { inherit lib; };
  storageHelpers = import ../../storage/helpers-lib.nix { inherit pkgs lib; };

  cfg = config.modules.services.mealie;
  serviceName = "mealie";
  mainServiceUnit = "mealie.service";
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
  options.modules.services.mealie = {
    enable = mkEnableOption "Mealie";
    dataDir = mkOption { type = types.path; default = "/var/lib/mealie"; description = "Data directory."; };

    port = mkOption { type = types.port; default = 9925; description = "Port. Upstream's 9000 is taken."; };
    user = mkOption { type = types.str; default = "mealie"; description = "User."; };
    group = mkOption { type = types.str; default = "mealie"; description = "Group."; };
    oidc = {
      enable = mkEnableOption "signing in with OpenID Connect";
      configurationUrl = mkOption { type = types.str; default = ""; description = "Discovery document."; };
      clientId = mkOption { type = types.str; default = "mealie"; description = "Client."; };
      userGroup = mkOption { type = types.str; default = "home"; description = "Group that may sign in."; };
      adminGroup = mkOption { type = types.str; default = "admin"; description = "Group of administrators."; };
    };
    credentialsFile = mkOption { type = types.nullOr types.path; default = null; description = "Environment file with OIDC_CLIENT_SECRET."; };

    reverseProxy = mkOption { type = types.nullOr sharedTypes.reverseProxySubmodule; default = null; description = "Virtual host."; };

    metrics = mkOption { type = types.nullOr sharedTypes.metricsSubmodule; default = null; description = "Metrics."; };

    logging = mkOption {
      type = types.nullOr sharedTypes.loggingSubmodule;
      default = { enable = true; journalUnit = mainServiceUnit; labels = { service = serviceName; service_type = "productivity"; }; };
      description = "Logs.";
    };

    backup = mkOption { type = types.nullOr sharedTypes.backupSubmodule; default = null; description = "Backups."; };

    notifications = mkOption {
      type = types.nullOr sharedTypes.notificationSubmodule;
      default = { enable = true; channels.onFailure = [ "service-alerts" ]; customMessages.failure = "Mealie failed on ${config.networking.hostName}"; };
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
        message = "Mealie: preseed.enable needs preseed.repositoryUrl.";
      };

      services.mealie = {
        enable = true;
        listenAddress = "127.0.0.1";
        inherit (cfg) port credentialsFile;
        settings = {
          BASE_URL = mkIf (cfg.reverseProxy != null) "https://${cfg.reverseProxy.hostName}";
          DATA_DIR = cfg.dataDir;
        } // lib.optionalAttrs cfg.oidc.enable {
          OIDC_AUTH_ENABLED = "true";
          OIDC_CONFIGURATION_URL = cfg.oidc.configurationUrl;
          OIDC_CLIENT_ID = cfg.oidc.clientId;
          OIDC_USER_GROUP = cfg.oidc.userGroup;
          OIDC_ADMIN_GROUP = cfg.oidc.adminGroup;
        };
      };

      systemd.services.mealie = mkMerge [
        {
          unitConfig.RequiresMountsFor = [ cfg.dataDir ];
          serviceConfig = {
            DynamicUser = mkForce false;
            User = mkForce cfg.user;
            Group = cfg.group;
            ReadWritePaths = [ cfg.dataDir ];
            ProtectSystem = "strict";
            NoNewPrivileges = true;
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
        backend = { scheme = "http"; host = "127.0.0.1"; port = cfg.port; };
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

      users.users.${cfg.user} = { isSystemUser = true; uid = 920; inherit (cfg) group; home = mkForce "/var/empty"; description = "Mealie"; };
      users.groups.${cfg.group}.gid = 920;

      modules.notifications.templates = mkIf (hasCentralizedNotifications && cfg.notifications != null && cfg.notifications.enable) {
        "${serviceName}-failure" = {
          enable = mkDefault true;
          priority = mkDefault "high";
          title = mkDefault "Mealie failed";
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
      owner = cfg.user;
      group = cfg.group;
    }))
  ];
}
