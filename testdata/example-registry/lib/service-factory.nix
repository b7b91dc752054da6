# One function that makes the module of a service in a container:
#
#   mylib.mkContainerService {
#     inherit lib mylib pkgs config podmanLib;
#     name = "sonarr";
#     description = "series";
#     spec = { port = 8989; image = "..."; operationalProfile = "media"; };
#   }
#
# `spec` says what it is (types/service-spec.nix), `extraOptions` adds options,
# `extraConfig` is a function of its configuration that adds to the system's.
{ lib }:
let
  inherit (lib) mkDefault mkIf mkOption types;
  serviceOptions = import ./service-options.nix { inherit lib; };
  systemdRestart = import ./systemd-restart.nix { inherit lib; };

  profile = serviceType: alertChannel: mediaGroup: tags: {
    inherit serviceType alertChannel tags;
    hasNfsMount = mediaGroup != null;
    defaultMediaGroup = mediaGroup;
  };
  operationalProfileDefaults = {
    media = profile "media_management" "media-alerts" "media" [ "media" ];
    downloads = profile "downloads" "media-alerts" "media" [ "downloads" ];
    productivity = profile "productivity" "system-alerts" null [ "productivity" ];
    infrastructure = profile "infrastructure" "system-alerts" null [ "infrastructure" ];
    home-automation = profile "home_automation" "home-alerts" null [ "home-automation" ];
    monitoring = profile "observability" "system-alerts" null [ "monitoring" ];
    ai = profile "ai" "system-alerts" null [ "ai" ];
  };

  mkStandardOptions = { name, sharedTypes, serviceIds, spec }:
    let
      defaults = operationalProfileDefaults.${spec.operationalProfile};
    in
    serviceOptions.mkBaseOptions { description = if spec.description != null then spec.description else name; }
    // serviceOptions.mkWebOptions {
      defaultPort = spec.port;
      portDescription = "Port of ${name} on the host.";
      reverseProxyDescription = "Virtual host of ${name}.";
      inherit sharedTypes;
    }
    // serviceOptions.mkStatefulOptions {
      defaultDataDir = "/var/lib/${name}";
      dataDirDescription = "Data directory of ${name}.";
      backupDescription = "Backups of ${name}.";
      backupDefault = {
        enable = true;
        repository = "nas-primary";
        tags = defaults.tags ++ [ name ];
        useSnapshots = spec.useZfsSnapshots;
        zfsDataset = "tank/services/${name}";
        excludePatterns = [ "**/*.log" "**/cache/**" ] ++ spec.backupExcludePatterns;
      };
      inherit sharedTypes;
    }
    // {
      user = mkOption { type = types.str; default = toString serviceIds.uid; description = "Id of the user, from lib/service-uids.nix."; };
      group = mkOption { type = types.str; default = if defaults.hasNfsMount then defaults.defaultMediaGroup else name; description = "Group."; };
      image = mkOption { type = types.str; default = spec.image; description = "Image, by tag and digest."; };
      timezone = mkOption { type = types.str; default = "Europe/Berlin"; description = "Time zone in the container."; };
      resources = mkOption {
        type = types.nullOr sharedTypes.containerResourcesSubmodule;
        default = if spec.resources != null then spec.resources else { memory = "512M"; memoryReservation = "256M"; cpus = "1.0"; };
        description = "Limits of the container.";
      };
      healthcheck = mkOption { type = types.nullOr sharedTypes.healthcheckSubmodule; default = { enable = true; inherit (spec) startPeriod; } // spec.healthcheck; description = "Health check."; };
      metrics = mkOption { type = types.nullOr sharedTypes.metricsSubmodule; default = null; description = "Metrics."; };
      logging = mkOption {
        type = types.nullOr sharedTypes.loggingSubmodule;
        default = { enable = true; journalUnit = "podman-${name}.service"; labels = { service = name; service_type = defaults.serviceType; }; };
        description = "Logs.";
      };
      notifications = mkOption { type = types.nullOr sharedTypes.notificationSubmodule; default = { enable = true; channels.onFailure = [ defaults.alertChannel ]; }; description = "Notifications."; };
      preseed = {
        enable = lib.mkEnableOption "restoring the data before the first start";
        repositoryUrl = mkOption { type = types.str; default = ""; description = "Restic repository to restore from."; };
        passwordFile = mkOption { type = types.path; default = "/run/secrets/restic-password"; description = "File with its password."; };
        environmentFile = mkOption { type = types.nullOr types.path; default = null; description = "File with its credentials."; };
        restoreMethods = mkOption { type = types.listOf (types.enum [ "syncoid" "local" "restic" ]); default = [ "syncoid" "local" ]; description = "Methods, in the order they are tried."; };
      };
      mediaDir = mkOption { type = types.nullOr types.path; default = if defaults.hasNfsMount then "/mnt/media" else null; description = "Media."; };
      nfsMountDependency = mkOption { type = types.nullOr types.str; default = null; description = "Name in modules.storage.nfsMounts of the mount it needs."; };
      mediaGroup = mkOption { type = types.nullOr types.str; default = defaults.defaultMediaGroup; description = "Group that may write media."; };
      podmanNetwork = mkOption { type = types.nullOr types.str; default = null; description = "Podman network."; };
      openFirewall = mkOption { type = types.bool; default = false; description = "Whether the extra ports are opened."; };
      extraPorts = mkOption {
        default = [ ];
        description = "Ports besides that of the page.";
        type = types.listOf (types.submodule {
          options = {
            port = mkOption { type = types.port; description = "Port."; };
            protocol = mkOption { type = types.enum [ "tcp" "udp" "both" ]; default = "both"; description = "Protocol."; };
            container = mkOption { type = types.bool; default = true; description = "Whether the container publishes it."; };
          };
        });
      };
    };

  protocols = wanted: p: p.protocol == wanted || p.protocol == "both";

  mkContainer = { cfg, config, name, spec, nfsMount, profile }:
    let
      containerPort = if spec.containerPort != null then spec.containerPort else cfg.port;
      gid = toString config.users.groups.${cfg.group}.gid;
      usesExternalAuth = cfg.reverseProxy != null && cfg.reverseProxy.enable && cfg.reverseProxy.caddySecurity != null && cfg.reverseProxy.caddySecurity.enable;
      healthCommand =
        if cfg.healthcheck.command != null then cfg.healthcheck.command
        else if spec.healthCommand != null then spec.healthCommand
        else "curl -sf http://127.0.0.1:${toString containerPort}${spec.healthEndpoint}";
      publish = protocol: map (p: "${toString p.port}:${toString p.port}/${protocol}") (lib.filter (p: p.container && protocols protocol p) cfg.extraPorts);
    in
    {
      inherit (cfg) image resources;
      inherit (spec) environmentFiles labels;
      environment = { TZ = cfg.timezone; }
      // lib.optionalAttrs spec.runAsRoot { PUID = cfg.user; PGID = gid; UMASK = "002"; }
      // lib.optionalAttrs (spec.environment != null) (spec.environment { inherit cfg config usesExternalAuth; });
      volumes = lib.optional (!spec.skipDefaultConfigMount) "${cfg.dataDir}:/config:rw"
      ++ lib.optionals (spec.volumes != null) (spec.volumes cfg);
      ports = [ "127.0.0.1:${toString cfg.port}:${toString containerPort}" ] ++ publish "tcp" ++ publish "udp";
      extraOptions = [ "--umask=0027" "--pull=newer" ]
      ++ lib.optional (!spec.runAsRoot) "--user=${cfg.user}:${gid}"
      ++ lib.optional (nfsMount != null && profile.hasNfsMount) "--group-add=${toString config.users.groups.${cfg.mediaGroup}.gid}"
      ++ lib.optionals (cfg.healthcheck != null && cfg.healthcheck.enable) [
        "--health-cmd=${healthCommand}"
        "--health-interval=${cfg.healthcheck.interval}"
        "--health-timeout=${cfg.healthcheck.timeout}"
        "--health-retries=${toString cfg.healthcheck.retries}"
        "--health-start-period=${cfg.healthcheck.startPeriod}"
        "--health-on-failure=${cfg.healthcheck.onFailure}"
      ]
      ++ lib.optional (cfg.podmanNetwork != null) "--network=${cfg.podmanNetwork}"
      ++ lib.optionals (spec.extraOptions != null) (spec.extraOptions { inherit cfg config; });
    } // spec.containerOverrides;
in
{
  inherit operationalProfileDefaults;

  mkContainerService = { lib, mylib, pkgs, config, podmanLib, name, description ? name, spec, extraOptions ? { }, extraConfig ? _cfg: { } }:
    let
      sharedTypes = mylib.types;
      storageHelpers = mylib.storageHelpers pkgs;
      serviceIds = mylib.serviceUids.${name} or (throw "lib/service-uids.nix has no entry for ${name}");
      validSpec = sharedTypes.validateServiceSpec spec;
      cfg = config.modules.services.${name};
      profile = operationalProfileDefaults.${validSpec.operationalProfile};
      unitName = "${config.virtualisation.oci-containers.backend}-${name}";
      mainServiceUnit = "${unitName}.service";
      datasetPath = "${config.modules.storage.datasets.parentDataset}/${name}";
      notifies = config.modules.notifications.enable && cfg.notifications != null && cfg.notifications.enable;
      nfsMount = storageHelpers.mkNfsMountConfig { inherit config; inherit (cfg) nfsMountDependency; };
      allowEmptyBootstrap = storageHelpers.allowEmptyBootstrapFor { inherit config; datasetName = name; };
      web = { scheme = validSpec.backendScheme; host = "127.0.0.1"; inherit (cfg) port; };
    in
    {
      options.modules.services.${name} = mkStandardOptions { inherit name sharedTypes serviceIds; spec = validSpec; } // extraOptions;

      config = lib.mkMerge [
        (mkIf cfg.enable {
          modules.services.${name} = {
            _runtime = {
              kind = "oci";
              units = [ mainServiceUnit ];
              endpoints.web = web;
              identity = { inherit (cfg) user group; };
              statePaths = [ (toString cfg.dataDir) ];
            };
            mediaDir = mkIf (nfsMount != null) (mkDefault nfsMount.localPath);
          };

          assertions = lib.optional (cfg.nfsMountDependency != null)
            {
              assertion = nfsMount != null;
              message = "${name}: nfsMountDependency '${toString cfg.nfsMountDependency}' is not in modules.storage.nfsMounts.";
            } ++ lib.optional cfg.preseed.enable {
            assertion = cfg.preseed.repositoryUrl != "";
            message = "${name}: preseed.enable needs preseed.repositoryUrl.";
          };

          modules.services.caddy.virtualHosts.${name} = mkIf (cfg.reverseProxy != null && cfg.reverseProxy.enable) {
            enable = true;
            inherit (cfg.reverseProxy) hostName auth security caddySecurity reverseProxyBlock extraConfig;
            backend = web;
          };

          modules.storage.datasets.services.${name} = {
            mountpoint = mkDefault cfg.dataDir;
            recordsize = mkDefault validSpec.zfsRecordSize;
            compression = mkDefault validSpec.zfsCompression;
            properties = mkDefault ({ "com.sun:auto-snapshot" = "true"; } // validSpec.zfsProperties);
            owner = mkDefault cfg.user;
            group = mkDefault cfg.group;
            mode = mkDefault "0750";
          };

          users.users.${name} = {
            uid = mkDefault (lib.toInt cfg.user);
            group = mkDefault cfg.group;
            isSystemUser = mkDefault true;
            description = mkDefault description;
            extraGroups = mkDefault (lib.optional (nfsMount != null) cfg.mediaGroup);
          };
          users.groups.${name} = mkIf (cfg.group == name) { gid = mkDefault serviceIds.gid; };

          networking.firewall = mkIf cfg.openFirewall {
            allowedTCPPorts = map (p: p.port) (lib.filter (protocols "tcp") cfg.extraPorts);
            allowedUDPPorts = map (p: p.port) (lib.filter (protocols "udp") cfg.extraPorts);
          };

          virtualisation.oci-containers.containers.${name} = podmanLib.mkContainer name (mkContainer { inherit cfg config name nfsMount profile; spec = validSpec; });

          systemd.services.${unitName} = lib.mkMerge [
            { unitConfig = lib.mapAttrs (_: mkDefault) (systemdRestart.mkStartLimit { restartSec = 30; }); }
            (mkIf (cfg.podmanNetwork != null) {
              requires = [ "podman-network-${cfg.podmanNetwork}.service" ];
              after = [ "podman-network-${cfg.podmanNetwork}.service" ];
            })
            (mkIf (nfsMount != null) {
              requires = [ nfsMount.mountUnitName ];
              after = [ nfsMount.mountUnitName ];
            })
            (mkIf notifies { unitConfig.OnFailure = [ "notify@${name}-failure:%n.service" ]; })
            (mkIf cfg.preseed.enable {
              requires = lib.optional (!allowEmptyBootstrap) "preseed-${name}.service";
              wants = lib.optional allowEmptyBootstrap "preseed-${name}.service";
              after = [ "preseed-${name}.service" ];
            })
          ];

          modules.notifications.templates."${name}-failure" = mkIf notifies {
            enable = mkDefault true;
            priority = mkDefault "high";
            title = mkDefault "${if validSpec.displayName != null then validSpec.displayName else name} failed";
            body = mkDefault "journalctl -u ${mainServiceUnit} -n 100";
          };
        })

        (mkIf (cfg.enable && cfg.preseed.enable) (storageHelpers.mkPreseedService {
          serviceName = name;
          dataset = datasetPath;
          mountpoint = cfg.dataDir;
          inherit mainServiceUnit allowEmptyBootstrap;
          replicationCfg = storageHelpers.mkReplicationConfig { inherit config datasetPath; };
          datasetProperties = { recordsize = validSpec.zfsRecordSize; compression = validSpec.zfsCompression; } // validSpec.zfsProperties;
          resticRepoUrl = cfg.preseed.repositoryUrl;
          resticPasswordFile = cfg.preseed.passwordFile;
          resticEnvironmentFile = cfg.preseed.environmentFile;
          resticPaths = [ cfg.dataDir ];
          inherit (cfg.preseed) restoreMethods;
          hasCentralizedNotifications = config.modules.notifications.enable;
          owner = cfg.user;
          inherit (cfg) group;
        }))

        (mkIf cfg.enable (extraConfig cfg))
      ];
    };
}
