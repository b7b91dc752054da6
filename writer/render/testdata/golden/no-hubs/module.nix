# Linkding - bookmark manager
{ lib
, config
, ...
}:
let
  serviceName = "linkding";
  cfg = config.modules.services.linkding;
  containerUnit = "${config.virtualisation.oci-containers.backend}-${serviceName}";
  groupId = toString config.users.groups.${cfg.group}.gid;
in
{
  options.modules.services.linkding = {
    enable = lib.mkEnableOption "Linkding, bookmark manager";

    port = lib.mkOption {
      type = lib.types.port;
      # Not 8989, which sonarr has.
      default = 9089;
      description = "Port of this host at which Linkding answers.";
    };

    image = lib.mkOption {
      type = lib.types.str;
      # renovate: datasource=docker depName=ghcr.io/sissbruecker/linkding
      default = "ghcr.io/sissbruecker/linkding:1.36.0@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
      description = "Container image, pinned by tag and digest.";
    };

    dataDir = lib.mkOption {
      type = lib.types.path;
      default = "/var/lib/linkding";
      description = "Where this host keeps the data of Linkding.";
    };

    user = lib.mkOption {
      type = lib.types.str;
      default = "900";
      description = "Id of the account that Linkding runs as, the same on every host.";
    };

    group = lib.mkOption {
      type = lib.types.str;
      default = "linkding";
      description = "Primary group of that account.";
    };

    timezone = lib.mkOption {
      type = lib.types.str;
      default = "Europe/Berlin";
      description = "Time zone of the container.";
    };

    healthcheck = {
      enable = lib.mkEnableOption "container health check" // { default = true; };

      interval = lib.mkOption {
        type = lib.types.str;
        default = "30s";
        description = "Time between two checks.";
      };

      timeout = lib.mkOption {
        type = lib.types.str;
        default = "10s";
        description = "Time after which a check has failed.";
      };

      retries = lib.mkOption {
        type = lib.types.int;
        default = 3;
        description = "Failed checks in a row that make the container unhealthy.";
      };

      startPeriod = lib.mkOption {
        type = lib.types.str;
        default = "60s";
        description = "Time from the start in which failed checks do not count.";
      };
    };
  };

  config = lib.mkMerge [
    (lib.mkIf cfg.enable {
      systemd.tmpfiles.rules = [
        "d ${cfg.dataDir} 0750 ${cfg.user} ${cfg.group} -"
      ];

      users.users.${serviceName} = {
        isSystemUser = true;
        uid = lib.toInt cfg.user;
        inherit (cfg) group;
        description = "Linkding service";
        home = "/var/empty";
        createHome = false;
      };

      users.groups.${cfg.group} = lib.mkIf (cfg.group == serviceName) {
        gid = 900;
      };

      virtualisation.oci-containers.containers.${serviceName} = {
        inherit (cfg) image;
        environment = {
          TZ = cfg.timezone;
          LD_CONTEXT_PATH = "links/";
        };
        volumes = [ "${cfg.dataDir}:/etc/linkding/data:rw" ];
        ports = [ "${toString cfg.port}:9090" ];
        extraOptions = lib.optionals cfg.healthcheck.enable [
          "--health-cmd=if command -v curl >/dev/null; then curl -fsS -o /dev/null -m 8 'http://127.0.0.1:9090/health'; elif command -v wget >/dev/null; then wget -q -O /dev/null -T 8 'http://127.0.0.1:9090/health'; fi || exit 1"
          "--health-interval=${cfg.healthcheck.interval}"
          "--health-timeout=${cfg.healthcheck.timeout}"
          "--health-retries=${toString cfg.healthcheck.retries}"
          "--health-start-period=${cfg.healthcheck.startPeriod}"
        ] ++ [
          # The account of the host, so that it owns the files.
          "--user=${cfg.user}:${groupId}"
          # Group-readable files, for whoever is in the group.
          "--umask=0027"
        ];
      };

      systemd.services.${containerUnit} = lib.mkMerge [
        {
          wants = [ "network-online.target" ];
          after = [ "network-online.target" ];
        }
        {
          # The dataset must be mounted before anything is written in its place.
          unitConfig.RequiresMountsFor = [ cfg.dataDir ];
          wants = [ "zfs-service-datasets.service" ];
          after = [ "zfs-service-datasets.service" ];
        }
      ];
    })
  ];
}
