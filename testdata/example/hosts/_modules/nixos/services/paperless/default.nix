# Paperless, the NixOS module with another id than NixOS's own for it. People
# are named by the proxy in a header.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkDefault mkEnableOption mkForce mkIf mkMerge mkOption types;
  sharedTypes = import ../../../lib/types.nix { inherit lib; };
  storageHelpers = import ../../storage/helpers-lib.nix { inherit pkgs lib; };

  cfg = config.modules.services.paperless;
  serviceName = "paperless";
  mainServiceUnit = "paperless-web.service";
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
  options.modules.services.paperless = {
    enable = mkEnableOption "Paperless";
    dataDir = mkOption { type = types.path; default = "/var/lib/paperless"; description = "Data directory."; };

    port = mkOption { type = types.port; default = 28981; description = "Port."; };
    user = mkOption { type = types.str; default = "paperless"; description = "User."; };
    group = mkOption { type = types.str; default = "paperless"; description = "Group."; };
    mediaDir = mkOption { type = types.path; default = "/var/lib/paperless/media"; description = "Documents."; };
    nfsMountDependency = mkOption { type = types.nullOr types.str; default = null; description = "Unit of the mount it needs, without its suffix."; };
    remoteUserHeader = mkOption { type = types.nullOr types.str; default = "HTTP_X_TOKEN_USER_EMAIL"; description = "Header with the name of the user; null for none."; };

    reverseProxy = mkOption { type = types.nullOr sharedTypes.reverseProxySubmodule; default = null; description = "Virtual host."; };

    logging = mkOption {
      type = types.nullOr sharedTypes.loggingSubmodule;
      default = { enable = true; journalUnit = mainServiceUnit; labels = { service = serviceName; service_type = "productivity"; }; };
      description = "Logs.";
    };

    backup = mkOption { type = types.nullOr sharedTypes.backupSubmodule; default = null; description = "Backups."; };

    notifications = mkOption {
      type = types.nullOr sharedTypes.notificationSubmodule;
      default = { enable = true; channels.onFailure = [ "service-alerts" ]; customMessages.failure = "Paperless failed on ${config.networking.hostName}"; };
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
        message = "Paperless: preseed.enable needs preseed.repositoryUrl.";
      };

      services.paperless = {
        enable = true;
        inherit (cfg) port dataDir mediaDir user;
        address = "127.0.0.1";
        settings = lib.optionalAttrs (cfg.remoteUserHeader != null) {
          PAPERLESS_ENABLE_HTTP_REMOTE_USER = true;
          PAPERLESS_HTTP_REMOTE_USER_HEADER_NAME = cfg.remoteUserHeader;
        };
      };

      systemd.services.paperless-web = mkMerge [
        { unitConfig.RequiresMountsFor = [ cfg.dataDir ]; }
        (mkIf (cfg.nfsMountDependency != null) {
          requires = [ "${cfg.nfsMountDependency}.mount" ];
          after = [ "${cfg.nfsMountDependency}.mount" ];
        })
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

      users.users.${cfg.user} = { isSystemUser = true; uid = mkForce 913; inherit (cfg) group; description = "Paperless"; };
      users.groups.${cfg.group}.gid = mkForce 913;

      modules.notifications.templates = mkIf (hasCentralizedNotifications && cfg.notifications != null && cfg.notifications.enable) {
        "${serviceName}-failure" = {
          enable = mkDefault true;
          priority = mkDefault "high";
          title = mkDefault "Paperless failed";
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
