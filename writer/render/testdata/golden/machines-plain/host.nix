# Hooks - hooks of others
#
# The proxy asks for a login, policy admins.
# No dataset, backup, snapshots or restore before the first start: it keeps
# nothing.
# No dashboard: only machines use it.
# No metrics: none is known; a scrape of nothing would only alert.
{ config, lib, ... }:

let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
  serviceDomain = "hooks.${config.networking.domain}";
  serviceEnabled = config.modules.services.hooks.enable or false;
in
{
  config = lib.mkMerge [
    {
      modules.services.hooks = {
        enable = true;

        reverseProxy = {
          enable = true;
          hostName = serviceDomain;
          caddySecurity = forgeDefaults.caddySecurity.admin // {
            # Machines pass that send one of these keys; the proxy has their values.
            staticApiKeys = [
              {
                name = "ci";
                envVar = "HOOKS_CI_API_KEY";
                headerName = "X-Api-Key";
              }
              {
                name = "all";
                envVar = "HOOKS_ALL_API_KEY";
                headerName = "X-Api-Key";
                paths = [ "/a" ];
                allowedNetworks = [ "10.0.0.0/8" ];
                injectAuthHeader = false;
              }
            ];
          };
        };
      };
    }

    (lib.mkIf serviceEnabled {
      sops.secrets = {
        "hooks/ci-api-key" = { };
        "hooks/all-api-key" = { };
      };

      # The proxy lets machines in that send the key.
      sops.templates.caddy-env.content = ''
        HOOKS_CI_API_KEY=${config.sops.placeholder."hooks/ci-api-key"}
        HOOKS_ALL_API_KEY=${config.sops.placeholder."hooks/all-api-key"}
      '';

      modules.alerting.rules.hooks-service-down =
        forgeDefaults.mkServiceDownAlert "hooks" "Hooks" "hooks of others";

      # The backend itself: the portal in front of it answers even when it is down.
      modules.services.gatus.contributions.hooks = {
        name = "Hooks";
        group = "Infrastructure";
        url = "http://127.0.0.1:8080/";
        interval = "60s";
        conditions = [ "[STATUS] == 200" ];
        alerts = [
          {
            type = "pushover";
            enabled = true;
            failureThreshold = 3;
            successThreshold = 2;
            sendOnResolved = true;
            description = "Hooks is not responding";
          }
        ];
      };
    })
  ];
}
