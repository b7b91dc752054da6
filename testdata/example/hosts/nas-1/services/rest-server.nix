# The server of restic repositories.
{ config, lib, ... }:
let
  nasDefaults = import ../lib/defaults.nix { inherit config lib; };
  serviceEnabled = config.modules.services.rest-server.enable or false;
in
{
  config = lib.mkMerge [
    { modules.services.rest-server.enable = true; }

    (lib.mkIf serviceEnabled {
      modules.backup.sanoid.datasets."tank/services/rest-server" = nasDefaults.mkSanoidDataset "rest-server";
    })
  ];
}
