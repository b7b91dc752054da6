# Sweeper - rules of the downloads
{ lib
, config
, mylib
, podmanLib
, ...
}:
let
  sharedTypes = mylib.types;

  serviceName = "sweeper";
  cfg = config.modules.services.sweeper;
  containerUnit = "${config.virtualisation.oci-containers.backend}-${serviceName}";
  notify = (config.modules.notifications.enable or false) && cfg.notifications != null && cfg.notifications.enable;
in
{
  options.modules.services.sweeper = {
    enable = lib.mkEnableOption "Sweeper, rules of the downloads";

    schedule = lib.mkOption {
      type = lib.types.str;
      default = "Mon..Fri 03:30";
      description = "When it runs, as a calendar event of systemd. The alert on a timer that does not fire knows the pauses of this one.";
    };

    image = lib.mkOption {
      type = lib.types.str;
      # renovate: datasource=docker depName=ghcr.io/example/sweeper
      default = "ghcr.io/example/sweeper:3.1.0@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
      description = "Container image, pinned by tag and digest.";
    };

    environmentFile = lib.mkOption {
      type = lib.types.nullOr lib.types.path;
      default = null;
      description = "File with the secrets of Sweeper, as environment variables.";
    };

    timezone = lib.mkOption {
      type = lib.types.str;
      default = "Europe/Berlin";
      description = "Time zone of the container.";
    };

    podmanNetwork = lib.mkOption {
      type = lib.types.nullOr lib.types.str;
      default = null;
      description = "Container network to join.";
    };

    logging = lib.mkOption {
      type = lib.types.nullOr sharedTypes.loggingSubmodule;
      default = {
        enable = true;
        journalUnit = "${containerUnit}.service";
        labels.service = serviceName;
      };
      description = "Log shipping for Sweeper.";
    };

    notifications = lib.mkOption {
      type = lib.types.nullOr sharedTypes.notificationSubmodule;
      default = {
        enable = true;
        customMessages.failure = "Sweeper failed on ${config.networking.hostName}";
      };
      description = "Notifications about failures of Sweeper.";
    };
  };

  config = lib.mkMerge [
    (lib.mkIf cfg.enable {
      virtualisation.oci-containers.containers.${serviceName} = podmanLib.mkContainer serviceName {
        inherit (cfg) image;
        environment = {
          TZ = cfg.timezone;
          SWEEPER_MODE = "once";
        };
        environmentFiles = lib.optional (cfg.environmentFile != null) cfg.environmentFile;
        # Its timer starts it, not the host.
        autoStart = false;
        extraOptions = [
          # The image's own check, if it has one, asks for a server, which is not here.
          "--no-healthcheck"
        ] ++ lib.optionals (cfg.podmanNetwork != null) [
          "--network=${cfg.podmanNetwork}"
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
        (lib.mkIf (cfg.podmanNetwork != null) {
          requires = [ "podman-network-${cfg.podmanNetwork}.service" ];
          after = [ "podman-network-${cfg.podmanNetwork}.service" ];
        })
        (lib.mkIf notify {
          unitConfig.OnFailure = [ "notify@${serviceName}-failure:%n.service" ];
        })
      ];

      systemd.timers.${containerUnit} = {
        description = "Sweeper by the clock";
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
          title = lib.mkDefault "Sweeper failed";
          body = lib.mkDefault ''
            Sweeper is in a failed state on ''${hostname}.

            Logs: journalctl -u ''${serviceName} -n 100
            Restart: systemctl restart ''${serviceName}
          '';
        };
      };
    })
  ];
}
