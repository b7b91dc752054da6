{ lib, ... }:
{
  imports = [
    ./systemd.nix
    ./users.nix
    ./alerting
    ./notifications
    ./storage
    ./virtualization
    ./services
  ];

  documentation.nixos.enable = false;
  time.timeZone = lib.mkDefault "Europe/Berlin";
}
