# Media
{ ... }:
{
  imports = [
    ../sonarr # Series
    ../tautulli # Statistics of Plex
  ];
}
