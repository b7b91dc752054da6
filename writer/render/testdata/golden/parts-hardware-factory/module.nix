# Linkwarden - bookmarks with copies
{ lib
, mylib
, pkgs
, config
, podmanLib
, ...
}:
let
  serviceName = "linkwarden";
  cfg = config.modules.services.linkwarden;
  groupId = toString config.users.groups.${cfg.group}.gid;
  notify = (config.modules.notifications.enable or false) && cfg.notifications != null && cfg.notifications.enable;
  storageHelpers = mylib.storageHelpers pkgs;
  allowEmptyBootstrap = storageHelpers.allowEmptyBootstrapFor { inherit config; datasetName = serviceName; };
  nfsMount =
    if cfg.nfsMountDependency == null then null
    else config.modules.storage.nfsMounts.${cfg.nfsMountDependency} or null;
in
mylib.mkContainerService {
  inherit lib mylib pkgs config podmanLib;

  name = "linkwarden";
  description = "Linkwarden";

  spec = {
    # Not 3000, which grafana has.
    port = 3200;
    containerPort = 3000;
    # renovate: datasource=docker depName=ghcr.io/linkwarden/linkwarden
    image = "ghcr.io/linkwarden/linkwarden:v2.9.3@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    operationalProfile = "media";
    displayName = "Linkwarden";
    function = "linkwarden";

    healthCommand = "if command -v curl >/dev/null; then curl -sS -o /dev/null -m 8 'http://127.0.0.1:3000/'; elif command -v wget >/dev/null; then wget -q -S -O /dev/null -T 8 'http://127.0.0.1:3000/' 2>&1 | grep -q HTTP/; fi || exit 1";

    # small configuration files
    zfsRecordSize = "16K";
    zfsCompression = "zstd";

    resources = {
      memory = "512M";
      memoryReservation = "256M";
      cpus = "1.0";
    };

    environment = _: {
      MEILI_HOST = "http://linkwarden-search:7700";
    };

    environmentFiles = lib.optional (config.modules.services.linkwarden.environmentFile != null) config.modules.services.linkwarden.environmentFile;

    skipDefaultConfigMount = true;
    volumes = cfg: [
      "${cfg.dataDir}/data:/data/data:rw"
    ] ++ lib.optionals (cfg.nfsMountDependency != null) [
      "${cfg.mediaDir}:/data:rw"
    ];
  };

  extraOptions = {
    group = lib.mkOption {
      type = lib.types.str;
      default = "media";
      description = "Primary group of the account that Linkwarden runs as.";
    };

    environmentFile = lib.mkOption {
      type = lib.types.nullOr lib.types.path;
      default = null;
      description = "File with the secrets of Linkwarden, as environment variables.";
    };

    searchDevices = lib.mkOption {
      type = lib.types.listOf lib.types.str;
      default = [ ];
      description = "Devices of the host that Linkwarden search may read and write.";
    };

    workerDevices = lib.mkOption {
      type = lib.types.listOf lib.types.str;
      default = [ ];
      description = "Devices of the host that Linkwarden worker may read and write.";
    };
  };

  extraConfig = cfg: {
    # Only the proxy and the checks on this host reach the port.
    virtualisation.oci-containers.containers.linkwarden.ports = lib.mkForce [
      "127.0.0.1:${toString cfg.port}:3000"
    ];
    virtualisation.oci-containers.containers.linkwarden.cmd = [ "serve" "--title" "my links" ];
    virtualisation.oci-containers.containers.linkwarden.dependsOn = [ "linkwarden-converter" "linkwarden-search" ];

    # The dataset must be there before the container makes a directory in its place.
    systemd.services."${config.virtualisation.oci-containers.backend}-linkwarden" = {
      unitConfig.RequiresMountsFor = [ cfg.dataDir ];
      wants = [ "zfs-service-datasets.service" ];
      after = [ "zfs-service-datasets.service" ];
      # Each folder must be there before the container sees it, and belong to who owns the data.
      preStart = ''
        cd ${cfg.dataDir}
        mkdir -p data
        chown --reference=. data
        chmod 0750 data
      '';
    };

    # Where its containers find each other by name.
    modules.virtualization.podman.networks.${serviceName} = lib.mkIf (cfg.podmanNetwork == serviceName) {
      driver = "bridge";
    };

    # sidecar of Linkwarden
    virtualisation.oci-containers.containers.linkwarden-converter = podmanLib.mkContainer "linkwarden-converter" {
      # renovate: datasource=docker depName=docker.io/gotenberg/gotenberg
      image = "docker.io/gotenberg/gotenberg:8.20.1@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
      environment = {
        TZ = cfg.timezone;
      };
      entrypoint = "tini";
      cmd = [ "--" "gotenberg" "--chromium-disable-javascript=true" ];
      resources = {
        memory = "512M";
        memoryReservation = "256M";
        cpus = "1.0";
      };
      extraOptions = [
        "--health-cmd=[\"gotenberg\",\"health\"]"
        "--health-interval=30s"
        "--health-timeout=10s"
        "--health-retries=3"
        "--health-start-period=60s"
      ] ++ lib.optionals (cfg.podmanNetwork != null) [
        "--network=${cfg.podmanNetwork}"
      ];
    };

    systemd.services."${config.virtualisation.oci-containers.backend}-linkwarden-converter" = lib.mkMerge [
      {
        wants = [ "network-online.target" ];
        after = [ "network-online.target" ];
      }
      (lib.mkIf (cfg.podmanNetwork != null) {
        requires = [ "podman-network-${cfg.podmanNetwork}.service" ];
        after = [ "podman-network-${cfg.podmanNetwork}.service" ];
      })
      (lib.mkIf notify {
        unitConfig.OnFailure = [ "notify@${serviceName}-failure:%n.service" ];
      })
    ];

    # finds words in copies
    virtualisation.oci-containers.containers.linkwarden-search = podmanLib.mkContainer "linkwarden-search" {
      # renovate: datasource=docker depName=docker.io/getmeili/meilisearch
      image = "docker.io/getmeili/meilisearch:v1.12.8@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
      environment = {
        TZ = cfg.timezone;
        MEILI_NO_ANALYTICS = "true";
      };
      volumes = [
        "${cfg.dataDir}/search:/meili_data:rw"
      ];
      resources = {
        memory = "1G";
        memoryReservation = "512M";
        cpus = "1.0";
      };
      extraOptions = [
        "--health-cmd=if command -v curl >/dev/null; then curl -fsS -o /dev/null -m 8 'http://127.0.0.1:7700/health'; elif command -v wget >/dev/null; then wget -q -O /dev/null -T 8 'http://127.0.0.1:7700/health'; fi || exit 1"
        "--health-interval=30s"
        "--health-timeout=10s"
        "--health-retries=3"
        "--health-start-period=60s"
        # The account of the host, so that it owns the files.
        "--user=${cfg.user}:${groupId}"
        "--umask=0027"
      ] ++ lib.optionals (cfg.podmanNetwork != null) [
        "--network=${cfg.podmanNetwork}"
      ] ++ map (device: "--device=${device}:rw") cfg.searchDevices ++ [
        # Groups of the host, by number: who is in them may open the devices.
        "--group-add=${toString config.users.groups.dialout.gid}"
      ];
    };

    systemd.services."${config.virtualisation.oci-containers.backend}-linkwarden-search" = lib.mkMerge [
      {
        wants = [ "network-online.target" ];
        after = [ "network-online.target" ];
      }
      {
        # The dataset must be mounted before anything is written in its place.
        unitConfig.RequiresMountsFor = [ cfg.dataDir ];
        wants = [ "zfs-service-datasets.service" ];
        after = [ "zfs-service-datasets.service" ];
        # Each folder must be there before the container sees it, and belong to who owns the data.
        preStart = ''
          cd ${cfg.dataDir}
          mkdir -p search
          chown --reference=. search
          chmod 0750 search
        '';
      }
      (lib.mkIf (cfg.podmanNetwork != null) {
        requires = [ "podman-network-${cfg.podmanNetwork}.service" ];
        after = [ "podman-network-${cfg.podmanNetwork}.service" ];
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

    # worker of Linkwarden
    virtualisation.oci-containers.containers.linkwarden-worker = podmanLib.mkContainer "linkwarden-worker" {
      # As the service's own container, with another command.
      inherit (config.virtualisation.oci-containers.containers.linkwarden) image environmentFiles;
      environment = config.virtualisation.oci-containers.containers.linkwarden.environment // {
        WORKER_LANES = "2";
      };
      volumes = config.virtualisation.oci-containers.containers.linkwarden.volumes ++ [
        "${cfg.dataDir}/worker:/work:rw"
      ];
      cmd = [ "yarn" "worker start" ];
      dependsOn = [ "linkwarden-converter" "linkwarden-search" "linkwarden" ];
      resources = {
        memory = "512M";
        memoryReservation = "256M";
        cpus = "1.0";
      };
      extraOptions = [
        # The image's own check asks for the service's page, which is not here.
        "--no-healthcheck"
        # The account of the host, so that it owns the files.
        "--user=${cfg.user}:${groupId}"
        "--umask=0027"
      ] ++ lib.optionals (nfsMount != null) [
        "--group-add=${toString config.users.groups.media.gid}"
      ] ++ lib.optionals (cfg.podmanNetwork != null) [
        "--network=${cfg.podmanNetwork}"
      ] ++ map (device: "--device=${device}:rw") cfg.workerDevices ++ [
        # Groups of the host, by number: who is in them may open the devices.
        "--group-add=${toString config.users.groups.render.gid}"
      ];
    };

    systemd.services."${config.virtualisation.oci-containers.backend}-linkwarden-worker" = lib.mkMerge [
      {
        wants = [ "network-online.target" ];
        after = [ "network-online.target" ];
      }
      {
        # The dataset must be mounted before anything is written in its place.
        unitConfig.RequiresMountsFor = [ cfg.dataDir ];
        wants = [ "zfs-service-datasets.service" ];
        after = [ "zfs-service-datasets.service" ];
        # Each folder must be there before the container sees it, and belong to who owns the data.
        preStart = ''
          cd ${cfg.dataDir}
          mkdir -p worker
          chown --reference=. worker
          chmod 0750 worker
        '';
      }
      (lib.mkIf (nfsMount != null) {
        requires = [ nfsMount.mountUnitName ];
        after = [ nfsMount.mountUnitName ];
      })
      (lib.mkIf (cfg.podmanNetwork != null) {
        requires = [ "podman-network-${cfg.podmanNetwork}.service" ];
        after = [ "podman-network-${cfg.podmanNetwork}.service" ];
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
  };
}
