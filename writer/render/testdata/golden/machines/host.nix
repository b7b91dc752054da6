# Hooks - hooks of others
#
# The proxy asks for a login, policy admins.
# No dataset, backup, snapshots or restore before the first start: it keeps
# nothing.
# No dashboard: only machines use it.
# No black-box check: as asked.
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
            # Nobody is asked here: the software must ask for its own key.
            bypassPaths = [ "/ping" "/feed" ];
            allowedNetworks = [ "10.0.0.0/8" ];
            # Machines pass that send one of these keys; the proxy has their values.
            staticApiKeys = [
              (forgeDefaults.mkStaticApiKey "ci" "HOOKS_CI_API_KEY")
              (forgeDefaults.mkStaticApiKeyWithPaths "deploy" "HOOKS_DEPLOY_API_KEY" [ "/hooks" "/deploy" ])
              (forgeDefaults.mkStaticApiKeyWithNetworks "home" "HOOKS_HOME_API_KEY" [ "10.0.0.0/8" ])
              (forgeDefaults.mkStaticApiKeyFull {
                name = "all";
                envVar = "EVERY_KEY";
                paths = [ "/a" ];
                allowedNetworks = [ "10.0.0.0/8" "fd00::/8" ];
                injectAuthHeader = false;
              })
            ];
          };
        };
      };
    }

    (lib.mkIf serviceEnabled {
      sops.secrets = {
        "hooks/ci-api-key" = { };
        "hooks/deploy-api-key" = { };
        "hooks/home-api-key" = { };
        "hooks/all-api-key" = { };
      };

      # The proxy lets machines in that send the key.
      sops.templates.caddy-env.content = ''
        HOOKS_CI_API_KEY=${config.sops.placeholder."hooks/ci-api-key"}
        HOOKS_DEPLOY_API_KEY=${config.sops.placeholder."hooks/deploy-api-key"}
        HOOKS_HOME_API_KEY=${config.sops.placeholder."hooks/home-api-key"}
        EVERY_KEY=${config.sops.placeholder."hooks/all-api-key"}
      '';

      modules.alerting.rules.hooks-service-down =
        forgeDefaults.mkServiceDownAlert "hooks" "Hooks" "hooks of others";
    })
  ];
}
