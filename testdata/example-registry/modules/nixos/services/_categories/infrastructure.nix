# What the other services stand on
{ ... }:
{
  imports = [
    ../caddy # Reverse proxy and single sign-on
    ../podman # Containers
    ../postgresql # Databases
  ];
}
