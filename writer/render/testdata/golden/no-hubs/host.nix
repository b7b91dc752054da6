# Linkding - bookmark manager
#
# It has its own login.
{ config, lib, ... }:

{
  config = lib.mkMerge [
    {
      modules.services.linkding = {
        enable = true;
      };
    }
  ];
}
