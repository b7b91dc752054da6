# What keeps media in order
{ ... }:
{
  imports = [
    ../recyclarr # Quality profiles, on a timer
  ];
}
