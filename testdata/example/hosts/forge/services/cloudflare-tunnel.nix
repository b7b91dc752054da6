# Access from outside, for the virtual hosts that ask for it.
{ config, ... }:
{
  modules.services.cloudflared = {
    enable = true;
    tunnels.forge.credentialsFile = config.sops.secrets."networking/cloudflare/forge-credentials".path;
  };
  sops.secrets."networking/cloudflare/forge-credentials" = { };
}
