# Backups
{ ... }:
{
  imports = [
    ../backup # Restic, found by option
  ];
}
