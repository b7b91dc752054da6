# Downloads
{ ... }:
{
  imports = [
    ../qbittorrent # Torrents
  ];
}
