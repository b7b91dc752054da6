# Helpers for every module, injected as `mylib`.
{ lib }:
let
  serviceFactory = import ./service-factory.nix { inherit lib; };
in
{
  types = import ./types.nix { inherit lib; };
  dns = import ./dns.nix { inherit lib; };
  monitoring-helpers = import ./monitoring-helpers.nix { inherit lib; };
  serviceOptions = import ./service-options.nix { inherit lib; };
  serviceUids = import ./service-uids.nix { };
  systemd-restart = import ./systemd-restart.nix { inherit lib; };

  # Of packages: storageHelpers = mylib.storageHelpers pkgs;
  storageHelpers = pkgs: import ../modules/nixos/storage/helpers-lib.nix { inherit pkgs lib; };

  inherit (serviceFactory) mkContainerService operationalProfileDefaults;
}
