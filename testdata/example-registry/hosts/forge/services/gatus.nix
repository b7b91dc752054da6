# Gatus: looks at the services from outside.
{ config, lib, ... }:
let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
in
{
  modules.services.gatus = {
    enable = true;
    reverseProxy = {
      enable = true;
      hostName = "status.${config.networking.domain}";
      backend.port = 8084;
    };
    metrics = { enable = true; port = 8084; };
  };
  modules.alerting.rules."gatus-service-down" =
    forgeDefaults.mkSystemdServiceDownAlert "gatus" "Gatus" "black-box checks";
}
