# Which datasets are classified, and how: read by the checks of the flake.
{ config, lib, ... }:
let
  classified = lib.filterAttrs (_: d: d.protection != null) config.modules.storage.datasets.services;
in
{
  options.modules.storage.protectionManifest = lib.mkOption {
    type = lib.types.attrsOf lib.types.attrs;
    readOnly = true;
    internal = true;
    default = lib.mapAttrs (_: d: { inherit (d.protection) class requiredTiers consistency; mechanism = d.protection.mechanism.name; }) classified;
    defaultText = lib.literalMD "made of the datasets";
    description = "Classified datasets.";
  };

  config.assertions = lib.mapAttrsToList
    (name: d: {
      assertion = d.protection.mechanism.name == "standard" || d.protection.mechanism.reason != null;
      message = "Dataset '${name}' is protected by ${d.protection.mechanism.name} and gives no reason.";
    })
    classified;
}
