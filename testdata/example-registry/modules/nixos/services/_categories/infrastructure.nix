# What the other services stand on
{ ... }:
{
  imports = [
    ../caddy # Reverse proxy and single sign-on
    ../cloudflared # Tunnels from the internet
    ../emqx # MQTT broker
    ../podman # Containers
    ../postgresql # Databases
  ];
}
