# A host: what a person writes, in the ways people write it.
{ config, lib, pkgs ? { }, ... }@args:

let
  inherit (lib) mkIf mkMerge optionalAttrs;
  defaults = import ./lib/defaults.nix { inherit config lib; };
  plain = import ../plain.nix;
  computed = import (./. + "/x.nix") { };
  on = config.services.sonarr.enable or false;
in
{
  imports = [
    # Hardware
    (import ./disko.nix {
      disks = [ "/dev/sda" ./not-an-import.nix ];
    }) # the disks
    ./core/boot.nix
    ./services/sonarr.nix # Series
    # ./services/old.nix # removed
    "${args.modulesPath}/profile.nix"
    ./services # all
  ]
  ++ lib.optionals on [ ./extra.nix ];

  config = mkMerge [
    {
      users.users.sonarr = {
        uid = 568;
        group = "media";
      };
      users.users."a b".uid = 569;
      home.imports = [ ../home ];
      sops = {
        secrets = { "base/key" = { }; } // optionalAttrs on {
          "sonarr/key" = { mode = "0400"; };
        };
        templates."env".content = ''
          KEY=${config.sops.placeholder."sonarr/key"}
          PRICE=''${NOT_CODE}
        '';
      };
    }

    (mkIf on {
      users.users.late = lib.mkForce { uid = 570; };
      files = with pkgs; [ <nixpkgs> ./a/${config.x}/b.nix ];
    })
  ];
}
