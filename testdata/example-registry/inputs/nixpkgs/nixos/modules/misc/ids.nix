# Ids that NixOS itself fixes. Numbers as in NixOS.
{ lib, ... }:
let
  table = description: lib.mkOption { type = lib.types.attrsOf lib.types.int; internal = true; inherit description; };
in
{
  options.ids = {
    uids = table "The user IDs used in NixOS.";
    gids = table "The group IDs used in NixOS.";
  };

  config.ids = {
    uids = { root = 0; messagebus = 4; postgres = 71; prometheus = 255; grafana = 196; caddy = 239; paperless = 315; nobody = 65534; };
    gids = { root = 0; wheel = 1; messagebus = 4; video = 26; dialout = 27; postgres = 71; prometheus = 255; caddy = 239; users = 100; input = 174; render = 303; paperless = 315; nogroup = 65534; };
  };
}
