# Carvana - prices of cars
{ lib
, pkgs
, config
, mylib
, podmanLib
, ...
}:
let
  sharedTypes = mylib.types;
  storageHelpers = mylib.storageHelpers pkgs;

  serviceName = "carvana";
  cfg = config.modules.services.carvana;
  containerUnit = "${config.virtualisation.oci-containers.backend}-${serviceName}";
  groupId = toString config.users.groups.${cfg.group}.gid;
  notify = (config.modules.notifications.enable or false) && cfg.notifications != null && cfg.notifications.enable;
  nfsMount =
    if cfg.nfsMountDependency == null then null
    else config.modules.storage.nfsMounts.${cfg.nfsMountDependency} or null;
  dataset = "${config.modules.storage.datasets.parentDataset}/${serviceName}";
  allowEmptyBootstrap = storageHelpers.allowEmptyBootstrapFor { inherit config; datasetName = serviceName; };
  replication = storageHelpers.mkReplicationConfig { inherit config; datasetPath = dataset; };
in
{
  options.modules.services.carvana = {
    enable = lib.mkEnableOption "Carvana, prices of cars";

    schedule = lib.mkOption {
      type = lib.types.str;
      default = "hourly";
      description = "When it runs, as a calendar event of systemd. The alert on a timer that does not fire knows the pauses of this one.";
    };

    image = lib.mkOption {
      type = lib.types.str;
      # renovate: datasource=docker depName=ghcr.io/x/carvana
      default = "ghcr.io/x/carvana:1.2.3@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
      description = "Container image, pinned by tag and digest.";
    };

    environmentFile = lib.mkOption {
      type = lib.types.nullOr lib.types.path;
      default = null;
      description = "File with the secrets of Carvana, as environment variables.";
    };

    dataDir = lib.mkOption {
      type = lib.types.path;
      default = "/var/lib/carvana";
      description = "Where this host keeps the data of Carvana.";
    };

    user = lib.mkOption {
      type = lib.types.str;
      default = "carvana";
      description = "Account that Carvana runs as.";
    };

    uid = lib.mkOption {
      type = lib.types.int;
      default = mylib.serviceUids.carvana.uid;
      description = "Id of that account, the same on every host: files carry it.";
    };

    group = lib.mkOption {
      type = lib.types.str;
      default = "media";
      description = "Primary group of that account.";
    };

    timezone = lib.mkOption {
      type = lib.types.str;
      default = "Europe/Berlin";
      description = "Time zone of the container.";
    };

    nfsMountDependency = lib.mkOption {
      type = lib.types.nullOr lib.types.str;
      default = null;
      description = "Entry of modules.storage.nfsMounts without which the service must not start.";
    };

    logging = lib.mkOption {
      type = lib.types.nullOr sharedTypes.loggingSubmodule;
      default = {
        enable = true;
        journalUnit = "${containerUnit}.service";
        labels.service = serviceName;
      };
      description = "Log shipping for Carvana.";
    };

    backup = lib.mkOption {
      type = lib.types.nullOr sharedTypes.backupSubmodule;
      default = null;
      description = "Backup of the data of Carvana.";
    };

    notifications = lib.mkOption {
      type = lib.types.nullOr sharedTypes.notificationSubmodule;
      default = {
        enable = true;
        customMessages.failure = "Carvana failed on ${config.networking.hostName}";
      };
      description = "Notifications about failures of Carvana.";
    };

    preseed = {
      enable = lib.mkEnableOption "restore of the data before the first start";

      repositoryUrl = lib.mkOption {
        type = lib.types.str;
        default = "";
        description = "Restic repository to restore from.";
      };

      passwordFile = lib.mkOption {
        type = lib.types.nullOr lib.types.path;
        default = null;
        description = "File with the password of that repository.";
      };

      environmentFile = lib.mkOption {
        type = lib.types.nullOr lib.types.path;
        default = null;
        description = "File with credentials for that repository.";
      };

      restoreMethods = lib.mkOption {
        type = lib.types.listOf (lib.types.enum [ "local" "restic" "syncoid" ]);
        default = [ "syncoid" "local" ];
        description = "Ways to restore, tried in this order.";
      };
    };
  };

  config = lib.mkMerge [
    (lib.mkIf cfg.enable {
      assertions = [
        {
          assertion = cfg.nfsMountDependency == null || nfsMount != null;
          message = "modules.services.carvana.nfsMountDependency names no entry of modules.storage.nfsMounts.";
        }
      ];

      modules.storage.datasets.services.${serviceName} = {
        mountpoint = cfg.dataDir;
        recordsize = "16K"; # small configuration files
        compression = "zstd";
        owner = cfg.user;
        inherit (cfg) group;
        mode = "0750";
      };

      users.users.${cfg.user} = {
        isSystemUser = true;
        inherit (cfg) uid group;
        description = "Carvana service";
        home = "/var/empty";
        createHome = false;
      };

      virtualisation.oci-containers.containers.${serviceName} = podmanLib.mkContainer serviceName {
        inherit (cfg) image;
        environment = {
          TZ = cfg.timezone;
        };
        environmentFiles = lib.optional (cfg.environmentFile != null) cfg.environmentFile;
        volumes = [ "${cfg.dataDir}:/config:rw" ]
          ++ lib.optional (nfsMount != null) "${nfsMount.localPath}:/data:rw";
        cmd = [ "sync" "--all" ];
        # Its timer starts it, not the host.
        autoStart = false;
        extraOptions = [
          # The image's own check, if it has one, asks for a server, which is not here.
          "--no-healthcheck"
        ] ++ [
          # The account of the host, so that it owns the files.
          "--user=${toString cfg.uid}:${groupId}"
          # Group-readable files, for whoever is in the group.
          "--umask=0027"
        ] ++ lib.optionals (nfsMount != null) [
          "--group-add=${toString config.users.groups.media.gid}"
        ];
      };

      systemd.services.${containerUnit} = lib.mkMerge [
        {
          wants = [ "network-online.target" ];
          after = [ "network-online.target" ];
          # A new configuration neither starts a run nor cuts one off.
          restartIfChanged = false;
          serviceConfig = {
            # The engine's units are started anew when their container ends; this one is done then.
            Restart = lib.mkForce "no";
          };
        }
        {
          # The dataset must be mounted before anything is written in its place.
          unitConfig.RequiresMountsFor = [ cfg.dataDir ];
          wants = [ "zfs-service-datasets.service" ];
          after = [ "zfs-service-datasets.service" ];
        }
        (lib.mkIf (nfsMount != null) {
          requires = [ nfsMount.mountUnitName ];
          after = [ nfsMount.mountUnitName ];
        })
        (lib.mkIf notify {
          unitConfig.OnFailure = [ "notify@${serviceName}-failure:%n.service" ];
        })
        (lib.mkIf cfg.preseed.enable {
          requires = lib.optional (!allowEmptyBootstrap) "preseed-${serviceName}.service";
          wants = lib.optional allowEmptyBootstrap "preseed-${serviceName}.service";
          after = [ "preseed-${serviceName}.service" ];
        })
      ];

      systemd.timers.${containerUnit} = {
        description = "Carvana by the clock";
        wantedBy = [ "timers.target" ];
        timerConfig = {
          OnCalendar = cfg.schedule;
          # What was missed while the host was off is made up for.
          Persistent = true;
          RandomizedDelaySec = "5m";
        };
      };

      modules.notifications.templates = lib.mkIf notify {
        "${serviceName}-failure" = {
          enable = lib.mkDefault true;
          priority = lib.mkDefault "high";
          title = lib.mkDefault "Carvana failed";
          body = lib.mkDefault ''
            Carvana is in a failed state on ''${hostname}.

            Logs: journalctl -u ''${serviceName} -n 100
            Restart: systemctl restart ''${serviceName}
          '';
        };
      };
    })

    (lib.mkIf (cfg.enable && cfg.preseed.enable) (
      storageHelpers.mkPreseedService {
        inherit serviceName dataset;
        mountpoint = cfg.dataDir;
        mainServiceUnit = "${containerUnit}.service";
        replicationCfg = replication;
        datasetProperties = {
          recordsize = "16K";
          compression = "zstd";
        };
        resticRepoUrl = cfg.preseed.repositoryUrl;
        resticPasswordFile = cfg.preseed.passwordFile;
        resticEnvironmentFile = cfg.preseed.environmentFile;
        resticPaths = [ cfg.dataDir ];
        inherit (cfg.preseed) restoreMethods;
        hasCentralizedNotifications = config.modules.notifications.enable or false;
        inherit allowEmptyBootstrap;
        owner = cfg.user;
        inherit (cfg) group;
      }
    ))
  ];
}
