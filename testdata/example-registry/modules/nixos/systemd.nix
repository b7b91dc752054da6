# NixOS appends ".service" to a key of systemd.services: a key that has it
# already makes a unit that nothing refers to, and says nothing.
{ config, lib, ... }:
let
  phantoms = lib.filter (lib.hasSuffix ".service") (lib.attrNames config.systemd.services);
in
{
  assertions = [{
    assertion = phantoms == [ ];
    message = "Keys of systemd.services must not end in \".service\":\n${lib.concatMapStringsSep "\n" (n: "  - systemd.services.\"${n}\"") phantoms}";
  }];
}
